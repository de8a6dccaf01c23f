import type { Options } from 'minisearch'

/** What is found: a section of a page. */
export interface Found {
  readonly id: number
  /** From the root of the site: `deploy/#custom-domain`. */
  readonly url: string
  readonly page: string
  readonly heading: string
  /** The beginning of the text. */
  readonly excerpt: string
  /** How much a page weighs: less for those that are no answer to a question of a user. */
  readonly weight: number
}

export interface Searched extends Found {
  readonly text: string
}

/** Endings under which one word stands: rotate, rotates, rotating. */
const ENDING = /(?:ing|ed|es|s|e)$/
const SHORTEST_STEM = 4

/** A word as the index has it, `null` for single letters. */
function stem(word: string): string | null {
  const lower = word.toLowerCase()
  const stripped = lower.replace(ENDING, '')
  return lower.length < 2 ? null : stripped.length < SHORTEST_STEM ? lower : stripped
}

/** The same where the index is made and where it is read. */
export const SEARCH_OPTIONS: Options<Searched> = {
  fields: ['page', 'heading', 'text'],
  storeFields: ['url', 'page', 'heading', 'excerpt', 'weight'] satisfies (keyof Found)[],
  processTerm: stem,
  searchOptions: {
    boost: { page: 4, heading: 3 },
    prefix: (term) => term.length > 1,
    fuzzy: (term) => (term.length > 4 ? 0.2 : false),
    combineWith: 'AND',
    boostDocument: (_id, _term, stored) => Number(stored?.['weight'] ?? 1),
  },
}

/** The file of the index sets this name: a page that is opened as a file may not fetch one. */
export const INDEX_NAME = 'emulsionSearchIndex'
