import { dirname, normalize, relative } from 'node:path/posix'
import { folderOf } from './pages.ts'

/** What links of pages can lead to. */
export interface Known {
  /** The anchors of each page, by its file. */
  readonly anchors: ReadonlyMap<string, ReadonlySet<string>>
  /** Whether the repository has such a file. */
  has(file: string): boolean
}

/** Where the files that pages show or link lie below the root of the site. */
export const assetOf = (file: string): string => `files/${file.replace(/^docs\//, '')}`

/** From the folder of one page to a path of the site. Never empty, since an empty link leads to the page with its query. */
export const siteLink = (from: string, to: string): string => {
  const folder = relative(`/${folderOf(from)}`, `/${to}`)
  return to === '' || to.endsWith('/') ? `${folder === '' ? '.' : folder}/` : folder
}

/** The file of the repository that a link of a page leads to. */
export function fileOf(page: string, href: string): string {
  const [path = ''] = href.split('#')
  return path === '' ? page : normalize(`${dirname(page)}/${decodeURI(path)}`)
}

/**
 * A link of a page as one of the site.
 * @param page the file that has the link.
 * @param href as it stands there: `batch.md#events`, `https://…`.
 * @returns the link, and the file of the repository that the site must have for it, if it is no page.
 * @throws Error for a file or an anchor that is not there.
 */
export function resolveLink(page: string, href: string, known: Known): { readonly link: string; readonly asset?: string } {
  if (/^(https?|mailto):/.test(href)) return { link: href }
  const [path = '', fragment] = href.split('#')
  const file = fileOf(page, href)
  const anchors = known.anchors.get(file)
  if (anchors === undefined) {
    if (fragment !== undefined || !known.has(file)) throw new Error(`${page}: the link ${href} leads nowhere.`)
    return { link: siteLink(page, assetOf(file)), asset: file }
  }
  if (fragment !== undefined && !anchors.has(fragment)) throw new Error(`${page}: ${file} has no heading #${fragment}.`)
  const hash = fragment === undefined ? '' : `#${fragment}`
  return { link: path === '' ? hash : `${siteLink(page, folderOf(file))}${hash}` }
}
