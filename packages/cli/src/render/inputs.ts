import { glob, readdir, stat } from 'node:fs/promises'
import { basename, extname, join, relative, resolve } from 'node:path'
import { FORMAT_NAMES, codec } from '../../../../src/image/plan.ts'
import { CommandError, quoted, UsageError } from '../usage/errors.ts'

/** A file that is to be rendered. */
export interface Input {
  /** Absolute. */
  readonly path: string
  /** Where it lies below what was named: its own name, or its path below the named folder. */
  readonly place: string
}

/** Extensions of files in folders and globs that count as pictures. */
const EXTENSIONS = new Set([
  ...FORMAT_NAMES.map((name) => `.${codec(name).extension}`),
  '.jpeg',
  '.jpe',
  '.jfif',
  '.heif',
  '.hif',
  '.tif',
  '.cur',
  '.svgz',
  '.apng',
])

const isPicture = (name: string): boolean => EXTENSIONS.has(extname(name).toLowerCase())

/**
 * The files that operands name, each once, in their order: files as they are, folders with all pictures below them (links to folders are not
 * followed), and patterns (`*`, `**`, `?`, `[]`, `{}`) where nothing has that very name.
 * @throws CommandError for what is not there; UsageError for a pattern or a folder without pictures.
 */
export async function findInputs(operands: readonly string[]): Promise<readonly Input[]> {
  const found = new Map<string, Input>()
  for (const operand of operands) for (const input of await inputsOf(operand)) if (!found.has(input.path)) found.set(input.path, input)
  return [...found.values()]
}

async function inputsOf(operand: string): Promise<readonly Input[]> {
  const info = await stat(operand).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw new CommandError(`${operand}: ${error.message}`)
  })
  if (info?.isDirectory()) return inFolder(operand)
  if (info) return [inputAt(operand)]
  if (!/[*?[{]/.test(operand)) throw new CommandError(`${operand}: there is no such file.`)
  const matches: string[] = []
  for await (const match of glob(operand)) matches.push(match)
  const pictures = matches.filter(isPicture).sort()
  if (pictures.length === 0) throw new UsageError(`Expected a pattern of pictures, received ${quoted(operand)}, which matches none.`)
  return pictures.map(inputAt)
}

const inputAt = (path: string): Input => ({ path: resolve(path), place: basename(path) })

async function inFolder(folder: string): Promise<readonly Input[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const pictures = entries
    .filter((entry) => isPicture(entry.name) && (entry.isFile() || entry.isSymbolicLink()))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const files = await Promise.all(pictures.map(async (path) => ((await isFolder(path)) ? [] : [path])))
  if (files.flat().length === 0) throw new UsageError(`Expected a folder with pictures, received ${quoted(folder)}, which has none.`)
  return files.flat().map((path) => ({ path: resolve(path), place: relative(folder, path) }))
}

/** Of a link that leads nowhere: no, so that it fails by its name. */
const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  )
