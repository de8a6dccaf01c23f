/** A URL that was made for a test, of parameters that a service documents. */
export type Row = readonly [
  url: string,
  /**
   * The query of the image URL that is the same here, written by hand from what the service documents. `null`: only a batch request says it. Without it only the laws
   * hold.
   */
  ours?: string | null | undefined,
  /** What could be left out of the URL, because it is so anyway. */
  idle?: readonly string[] | undefined,
]

export interface Made {
  readonly rows: readonly Row[]
  /** The URL without one of its parameters, for each of them. */
  readonly mutants: (url: string) => readonly Mutant[]
}

export interface Mutant {
  readonly removed: string
  readonly url: string
}

/** Without one of the pieces of a part of the URL. */
export function withoutPieces(url: string, part: RegExp, separator: string | RegExp, joined = String(separator)): readonly Mutant[] {
  const found = part.exec(url)
  const text = found?.[1]
  if (!found || text === undefined || text === '') return []
  const start = found.index + found[0].indexOf(text)
  const pieces = text.split(separator)
  return pieces.map((removed, i) => ({
    removed,
    url: url.slice(0, start) + pieces.toSpliced(i, 1).join(joined) + url.slice(start + text.length),
  }))
}

/** Without one of the parameters of the query. */
export const withoutQuery = (url: string): readonly Mutant[] => withoutPieces(url, /\?(.*)$/, '&')

/** One URL for each wish, in the place of `*`. */
export const each = (
  pattern: string,
  rows: readonly (readonly [wish: string, ours?: string | null | undefined, idle?: readonly string[] | undefined])[],
): readonly Row[] => rows.map(([wish, ours, idle]) => [pattern.replace('*', wish), ours, idle])

/** The same without words of ours. */
export const all = (pattern: string, wishes: string): readonly Row[] =>
  wishes
    .trim()
    .split(/\s+/)
    .map((wish) => [pattern.replace('*', wish)])
