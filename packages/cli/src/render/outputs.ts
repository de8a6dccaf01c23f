import { stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { FORMAT_NAMES, codec, WRITTEN_NAMES } from '../../../../src/image/plan.ts'
import { quoted, UsageError } from '../usage/errors.ts'
import type { Input } from './inputs.ts'

/** Where results go. */
export type Destination =
  | { readonly kind: 'beside' }
  | { readonly kind: 'stdout' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'template'; readonly template: string }

const VARIABLES = ['dir', 'name', 'ext'] as const

const EXTENSIONS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(WRITTEN_NAMES.map((name) => [`.${codec(name).extension}`, name])),
  '.jpeg': 'jpeg',
  '.json': 'json',
}

/**
 * What `-o` means: `-` is standard output; a name with `{dir}`, `{name}` or `{ext}` a template; what ends with a slash, is a folder, or has to take several
 * results a folder; anything else a file.
 * @throws UsageError for a template with an unknown variable, and for one file of several results.
 */
export async function readDestination(output: string | undefined, isMany: boolean): Promise<Destination> {
  if (output === undefined) return { kind: 'beside' }
  if (output === '') throw new UsageError('Expected a path behind --output, received an empty text.')
  if (output === '-') {
    if (isMany) throw new UsageError('Expected one picture for "-o -", received several.')
    return { kind: 'stdout' }
  }
  const unknown = [...output.matchAll(/\{(\w*)\}/g)].find(([, name]) => !VARIABLES.some((each) => each === name))
  if (unknown) throw new UsageError(`Expected {dir}, {name} or {ext} in --output, received ${quoted(unknown[0])}.`)
  if (/\{\w+\}/.test(output)) return { kind: 'template', template: output }
  const isFolder = await stat(output).then(
    (info) => info.isDirectory(),
    () => /[/\\]$/.test(output),
  )
  if (isFolder) return { kind: 'folder', path: resolve(output) }
  if (isMany)
    throw new UsageError(`Expected a folder (with "/" at its end) or a template for several pictures, received ${quoted(output)}.`)
  return { kind: 'file', path: resolve(output) }
}

/**
 * The format that a destination's extension names; `undefined` where it has none to say.
 * @throws UsageError for an extension that no result has.
 */
export function formatOfDestination(destination: Destination): string | undefined {
  const name = destination.kind === 'file' ? destination.path : destination.kind === 'template' ? destination.template : ''
  const extension = extname(name).toLowerCase()
  if (extension === '' || extension.includes('{')) return undefined
  const format = EXTENSIONS[extension]
  if (format === undefined)
    throw new UsageError(`Expected an output that ends with ${Object.keys(EXTENSIONS).join(', ')}, received ${quoted(extension)}.`)
  return format
}

/** The absolute path of the result of `input` whose type is `mime`; `null`: standard output. */
export function outputPath(destination: Destination, { path, place }: Input, mime: string): string | null {
  const [dir, name, ext] = [dirname(path), basename(path, extname(path)), extensionFor(path, mime)]
  switch (destination.kind) {
    case 'stdout':
      return null
    case 'file':
      return destination.path
    case 'beside':
      return join(dir, `${name}${ext}`)
    case 'folder':
      return join(destination.path, dirname(place), `${name}${ext}`)
    case 'template': {
      const values: Readonly<Record<string, string>> = { dir, name, ext: ext.slice(1) }
      return resolve(destination.template.replaceAll(/\{(\w+)\}/g, (_, variable: string) => values[variable] ?? ''))
    }
  }
}

/** The source's own spelling (`.JPG`, `.jpeg`) where its type stays. */
function extensionFor(path: string, mime: string): string {
  if (mime === 'application/json') return '.json'
  const format = FORMAT_NAMES.find((name) => codec(name).mime === mime)
  const own = extname(path)
  if (format && EXTENSIONS[own.toLowerCase()] === format) return own
  return format ? `.${codec(format).extension}` : own
}
