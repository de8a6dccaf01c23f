import { codec, FORMAT_NAMES } from '../../../../src/image/plan.ts'

const TYPES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(FORMAT_NAMES.map((name) => [`.${codec(name).extension}`, codec(name).mime])),
  '.jpeg': 'image/jpeg',
  '.tif': 'image/tiff',
  '.heif': 'image/heif',
}

/** The type of a picture by its extension; of others the service finds it by the name. */
export const typeOfName = (extension: string): string | undefined => TYPES[extension.toLowerCase()]
