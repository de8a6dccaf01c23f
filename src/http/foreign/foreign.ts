import type { Sheet } from './sheet.ts'

/** What became of a parameter that has no exact words here. */
export interface Verdict {
  /** `lost`: nothing is done for it. `differs`: something near is done. */
  readonly kind: 'lost' | 'differs'
  /** A sentence. */
  readonly because: string
}

export const lost = (because: string): Verdict => ({ kind: 'lost', because })
export const differs = (because: string): Verdict => ({ kind: 'differs', because })

/** A parameter as the foreign URL has it. */
export interface Parameter {
  readonly name: string
  readonly value: string
  /** Of chained transformations which one it belongs to, from 0. */
  readonly link?: number
}

/** Which file a foreign URL shows. */
export interface Source {
  /** Absolute path, decoded: where the file is expected in an account. */
  readonly path: string
  /** Where the file lies today, when the URL says so. */
  readonly url: string | null
}

/** A foreign URL, taken apart. */
export interface Opened {
  readonly source: Source
  readonly parameters: readonly Parameter[]
}

/** Writes what a value asks for into the sheet. Nothing is answered for what is done exactly. */
export type Word = (value: string, sheet: Sheet) => Verdict | undefined

/** Names with the same meaning are separate entries of `words`. */
export interface ForeignService {
  /** Whether a URL has the host or the shape of this service. The first service of the table that recognises a URL has it. */
  recognises(url: URL): boolean
  /** Takes a URL apart; `null` when it has another shape. */
  open(url: URL): Opened | null
  /** What a URL without parameters asks for. */
  readonly defaults: Partial<Sheet>
  readonly words: Readonly<Record<string, Word>>
  /** Of a parameter that is given again the last one counts, documented so. */
  readonly lastCounts?: true
  /** Names that are read before the others, since these depend on them. */
  readonly first?: readonly string[]
  /** Settles what depends on several parameters; tells what is not exact by the parameter's name. */
  settle?(sheet: Sheet, given: ReadonlyMap<string, string>): Readonly<Record<string, Verdict>>
}
