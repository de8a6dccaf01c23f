import { AppError } from '../../../../src/errors.ts'
import { imageVocabulary } from '../../../../src/http/dialects/bytescale/image-query/vocabulary.ts'
import { parseImageQuery } from '../../../../src/http/dialects/bytescale/image-query/parse.ts'
import type { Parameter } from '../../../../src/http/dialects/bytescale/image-query/recorded-args.ts'
import type { TransformPlan } from '../../../../src/image/plan.ts'
import { resolve } from 'node:path'
import { UsageError } from '../usage/errors.ts'
import type { Option, Words } from '../usage/options.ts'

/** Longer names for those of URLs. */
const LONG_NAMES: Readonly<Record<string, readonly string[]>> = {
  w: ['width'],
  h: ['height'],
  f: ['format'],
  q: ['quality'],
  c: ['effort'],
}

/** What a URL has, and a file has not. */
const OF_URLS = new Set(['f2', 'input'])

const { picture, text, image } = imageVocabulary()
const parameters = new Map([...picture, ...text, ...image].map((parameter) => [parameter.names[0] ?? '', parameter]))

/** The parameters of image URLs, as options of the same names. */
export const PICTURE_OPTIONS: readonly Option[] = [...parameters]
  .filter(([name]) => !OF_URLS.has(name))
  .map(([name, parameter]) => ({
    name,
    aliases: [...(LONG_NAMES[name] ?? []), ...parameter.names.slice(1)],
    ...(parameter.type !== 'flag' && { value: valueName(parameter) }),
    ...(parameter.words && { words: parameter.words }),
  }))

function valueName({ expected, type, words }: Parameter): string {
  if (expected !== undefined) return expected
  if (type === 'word') return `one of ${words?.join(', ')}`
  return { integer: 'an integer', number: 'a number' }[type as string] ?? 'a text'
}

/** Whether an option is a parameter of image URLs. */
export const isPictureOption = (name: string): boolean => parameters.has(name)

/** Files that a picture draws are files of the disk. */
const PATHS = ['image', 'font']

/**
 * The plan of a command line. Layers are `--text` and `--image`, in their order.
 * @param format in the place of `-f`, when that is not given.
 * @throws UsageError for what the parser of image URLs refuses.
 */
export function planOf({ given }: Words, format: string | undefined): TransformPlan {
  const query = given
    .filter(([name]) => parameters.has(name))
    .map(([name, value]): [string, string] => [name, PATHS.includes(name) && isPath(name, value) ? resolve(value) : value])
  if (format !== undefined && !query.some(([name]) => name === 'f')) query.push(['f', format])
  try {
    return parseImageQuery(query).plan
  } catch (thrown) {
    throw thrown instanceof AppError ? new UsageError(thrown.publicText) : thrown
  }
}

/** A font may also be the name of a family. */
const isPath = (name: string, value: string): boolean => name === 'image' || /\.(ttf|otf)$/i.test(value)
