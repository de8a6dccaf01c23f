import type { Section } from './markdown.ts'
import { siteLink } from './links.ts'
import { folderOf, PAGE_GROUPS, type PageEntry } from './pages.ts'

export interface PageView {
  readonly entry: PageEntry
  readonly content: string
  readonly sections: readonly Section[]
}

/** The same as the header that public/_headers sets, for those who open the site as files. A frame cannot be forbidden here. */
const POLICY = "default-src 'self'; object-src 'none'; form-action 'none'; base-uri 'none'"

const pages = PAGE_GROUPS.flatMap((group) => group.pages)

/** A whole page of the site. All its links are relative, so that it works below any address and as a file. */
export function pageHtml({ entry, content, sections }: PageView): string {
  const to = (path: string): string => escapeHtml(siteLink(entry.file, path))
  return `<!doctype html>
<html lang="en" data-root="${to('')}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escapeHtml(entry.title)} · Emulsion</title>
<link rel="icon" href="${to('icon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${to('docs.css')}">
<script defer src="${to('docs.js')}"></script>
</head>
<body>
<a class="skip" href="#content">To the text</a>
<header>
<a class="home" href="${to('')}"><img src="${to('icon.svg')}" alt="" width="22" height="22">Emulsion</a>
<search><label for="search">Search</label>
<input id="search" type="search" role="combobox" autocomplete="off" spellcheck="false" placeholder="Search the pages" aria-keyshortcuts="/" aria-expanded="false" aria-controls="found" aria-autocomplete="list" disabled>
<div id="found" role="listbox" aria-label="Found" hidden></div>
<p id="found-count" role="status" class="unseen"></p></search>
</header>
<div class="columns">
<nav class="pages" aria-label="Pages"><details open><summary>All pages</summary>
${navigation(entry, to)}
</details></nav>
<main id="content" tabindex="-1">
<article>
${content}</article>
${neighbours(entry, to)}
</main>
${contents(sections)}
</div>
</body>
</html>
`
}

function navigation(current: PageEntry, to: (path: string) => string): string {
  const link = ({ file, title }: PageEntry): string =>
    `<li><a href="${to(folderOf(file))}"${file === current.file ? ' aria-current="page"' : ''}>${escapeHtml(title)}</a></li>`
  return PAGE_GROUPS.map((group) => `<h2>${escapeHtml(group.title)}</h2>\n<ul>\n${group.pages.map(link).join('\n')}\n</ul>`).join('\n')
}

function neighbours(current: PageEntry, to: (path: string) => string): string {
  const at = pages.findIndex(({ file }) => file === current.file)
  const link = (entry: PageEntry | undefined, relation: string, word: string): string =>
    entry === undefined
      ? ''
      : `<a rel="${relation}" href="${to(folderOf(entry.file))}"><span>${word}</span> ${escapeHtml(entry.title)}</a>\n`
  return `<nav class="neighbours" aria-label="Before and after">\n${link(pages[at - 1], 'prev', 'Previous')}${link(pages[at + 1], 'next', 'Next')}</nav>`
}

function contents(sections: readonly Section[]): string {
  const listed = sections.filter(({ heading }) => heading.level === 2)
  if (listed.length < 2) return ''
  const links = listed.map(({ heading }) => `<li><a href="#${heading.anchor}">${escapeHtml(heading.text)}</a></li>`)
  return `<nav class="contents" aria-label="On this page"><h2>On this page</h2>\n<ul>\n${links.join('\n')}\n</ul></nav>`
}

export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
