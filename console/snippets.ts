import { IMAGE_ACCEPT, imageUrl, type Wish } from './image-url.ts'

/** For a POSIX shell: single quotes keep everything but themselves. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`

const EXTENSIONS: Readonly<Record<string, string>> = { jpeg: 'jpg' }

/**
 * The name under which a result is saved: that of the source, with the extension of the result.
 * @param format `jpeg`, `png`, `webp` …; `null` while nobody knows it: then the name stays as it is.
 */
export function downloadName(filePath: string, format: string | null): string {
  const name = filePath.slice(filePath.lastIndexOf('/') + 1)
  if (format === null) return name
  return `${name.replace(/\.[^.]*$/, '') || 'picture'}.${EXTENSIONS[format] ?? format}`
}

/** A command line that saves the result. @param resultFormat what the server answered, for a wish that leaves the format open. */
export function curlCommand(wish: Wish, resultFormat: string | null): string {
  const wanted = wish.recipe[0]?.['f']
  const isOpen = wanted === undefined || wanted === 'auto'
  const name = downloadName(wish.filePath, isOpen ? resultFormat : String(wanted))
  const header = wanted === 'auto' ? ` --header ${quoted(`Accept: ${IMAGE_ACCEPT}`)}` : ''
  return `curl --fail${header} --output ${quoted(name)} \\\n  ${quoted(imageUrl(wish))}`
}

/** TypeScript that builds the URL by the SDK. */
export function sdkCode({ origin, accountId, filePath, recipe }: Wish): string {
  const groups = recipe.filter((group) => Object.keys(group).length > 0)
  const parameters = JSON.stringify(groups.length === 1 ? groups[0] : groups, null, 2).replaceAll('\n', '\n    ')
  return [
    `import { UrlBuilder } from '@bytescale/sdk'`,
    '',
    'const url = UrlBuilder.url({',
    `  accountId: ${JSON.stringify(accountId)},`,
    `  filePath: ${JSON.stringify(filePath)},`,
    '  options: {',
    `    cdnUrl: ${JSON.stringify(origin)},`,
    `    transformation: 'image',`,
    ...(groups.length === 0 ? [] : [`    transformationParams: ${parameters},`]),
    '  },',
    '})',
  ].join('\n')
}
