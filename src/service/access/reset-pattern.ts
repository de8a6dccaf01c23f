import { isWithin } from '../files/path-scope.ts'

/** A text, or every text that begins with it. */
export interface TextPattern {
  readonly text: string
  readonly isPrefix: boolean
}

/** What a cache reset is about: which processings of which files. `null` path: no file at all. */
export interface ResetPattern {
  readonly processing: TextPattern
  readonly path: TextPattern | null
}

const ANY: TextPattern = { text: '', isPrefix: true }

/**
 * Reads the pattern of a cache reset (docs/bytescale.md): `/{processing}{path}` as in a URL, so the path may be percent-encoded. A `*` at the
 * end stands for any text, and a whole processing `*` for every processing. A `*` anywhere else is an ordinary character of a path. What
 * follows a `?` is not told apart. Everything that must know what a pattern can match asks this function: the permission check, the reset of
 * the edge and the purge of kept results.
 */
export function readResetPattern(pattern: string): ResetPattern {
  const query = pattern.indexOf('?')
  const target = query < 0 ? pattern : pattern.slice(0, query)
  const hasStar = query < 0 && target.endsWith('*')
  const text = hasStar ? target.slice(0, -1) : target
  const slash = text.indexOf('/', 1)
  if (slash < 0) return { processing: { text: text.slice(1), isPrefix: hasStar }, path: hasStar ? { text: '/', isPrefix: true } : null }
  const processing = text.slice(1, slash)
  return {
    processing: processing === '*' ? ANY : { text: processing, isPrefix: false },
    path: { text: decoded(text.slice(slash)), isPrefix: hasStar },
  }
}

/** A path that is not valid percent-encoding means its own characters. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

const matchesText = ({ text, isPrefix }: TextPattern, given: string): boolean => (isPrefix ? given.startsWith(text) : given === text)

/** Whether a reset by this pattern concerns the answers for a file through a processing. */
export const matchesReset = ({ processing, path }: ResetPattern, givenProcessing: string, givenPath: string): boolean =>
  matchesText(processing, givenProcessing) && path !== null && matchesText(path, givenPath)

/** Whether a reset by this pattern concerns pictures in which the file is drawn, by whatever processing. */
export function concernsFile(pattern: ResetPattern, file: string): boolean {
  const sources = purgedSources(pattern)
  return sources !== null && matchesText(sources, file)
}

/** Whether the pattern can match nothing outside of the folder. */
export function staysWithin({ path }: ResetPattern, folder: string): boolean {
  if (path === null || folder === '/') return true
  return path.isPrefix ? path.text.startsWith(`${folder}/`) : isWithin(folder, path.text)
}

/** The sources whose kept results the pattern concerns. `null`: none, because `raw` keeps no results. */
export const purgedSources = ({ processing, path }: ResetPattern): TextPattern | null =>
  !processing.isPrefix && processing.text === 'raw' ? null : path
