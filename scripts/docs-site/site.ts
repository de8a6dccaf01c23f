import { calculatorHtml } from './costs/form.ts'
import { fileOf, resolveLink, type Known } from './links.ts'
import { parsePage, renderPage } from './markdown.ts'
import { folderOf, PAGE_GROUPS } from './pages.ts'
import { searchIndex } from './search-index.ts'
import { pageHtml } from './template.ts'

export interface Site {
  /** The text of each file of the site, by its path below the root. */
  readonly texts: ReadonlyMap<string, string>
  /** Files of the repository that the pages show or link. */
  readonly assets: ReadonlySet<string>
}

/**
 * The whole site, without the program of the browser.
 * @param read the text of a file of the repository.
 * @param has whether the repository has a file.
 * @throws Error for a broken link or anchor, raw HTML, or a heading with a link.
 */
export function buildSite(read: (file: string) => string, has: Known['has']): Site {
  const entries = PAGE_GROUPS.flatMap((group) => group.pages)
  const parsed = new Map(entries.map(({ file }) => [file, parsePage(read(file))]))
  const anchors = new Map([...parsed].map(([file, { sections }]) => [file, new Set(sections.map(({ heading }) => heading.anchor))]))
  const assets = new Set<string>()
  const texts = new Map([['search-index.js', searchIndex(parsed)]])
  for (const entry of entries) {
    const page = parsed.get(entry.file) as NonNullable<ReturnType<typeof parsed.get>> // of the same entries
    const resolve = (href: string): string => {
      const { link, asset } = resolveLink(entry.file, href, { anchors, has })
      if (asset !== undefined) assets.add(asset)
      return link
    }
    const title = (href: string): string | undefined => entries.find(({ file }) => file === fileOf(entry.file, href))?.title
    const content = renderPage(page, { link: resolve, picture: resolve, title }, { calculator: calculatorHtml() })
    texts.set(`${folderOf(entry.file)}index.html`, pageHtml({ entry, content, sections: page.sections }))
  }
  return { texts, assets }
}
