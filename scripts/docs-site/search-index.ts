import MiniSearch from 'minisearch'
import type { ParsedPage } from './markdown.ts'
import { folderOf, PAGE_GROUPS } from './pages.ts'
import { INDEX_NAME, SEARCH_OPTIONS, type Searched } from './search-options.ts'

const EXCERPT = 140

/** Pages for those who build it, and what the protocols' pages say again: below the others. */
const WEIGHTS: Readonly<Record<string, number>> = { 'The project': 0.3, 'The protocols in full': 0.6 }

/** The script that holds the index of all sections. */
export function searchIndex(pages: ReadonlyMap<string, ParsedPage>): string {
  const index = new MiniSearch(SEARCH_OPTIONS)
  let id = 0
  for (const group of PAGE_GROUPS)
    for (const { file, title } of group.pages)
      for (const { heading, text } of pages.get(file)?.sections ?? [])
        index.add({
          id: id++,
          url: heading.level === 1 ? folderOf(file) : `${folderOf(file)}#${heading.anchor}`,
          page: title,
          heading: heading.level === 1 ? '' : heading.text,
          excerpt: shorten(text),
          weight: WEIGHTS[group.title] ?? 1,
          text,
        } satisfies Searched)
  return `globalThis.${INDEX_NAME}=${JSON.stringify(index)}\n`
}

const shorten = (text: string): string => (text.length <= EXCERPT ? text.trim() : `${text.slice(0, text.lastIndexOf(' ', EXCERPT))} …`)
