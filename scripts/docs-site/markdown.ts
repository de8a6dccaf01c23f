import Slugger from 'github-slugger'
import MarkdownIt, { type Token } from 'markdown-it'

export interface Heading {
  /** 1 to 6. */
  readonly level: number
  readonly text: string
  /** As GitHub makes it. */
  readonly anchor: string
}

/** What stands below a heading, up to the next one. */
export interface Section {
  readonly heading: Heading
  /** Without Markdown. */
  readonly text: string
}

export interface ParsedPage {
  readonly tokens: readonly Token[]
  /** Of all levels, in their order. */
  readonly sections: readonly Section[]
}

/** Where links and pictures lead on the site. Both throw for what is not there. */
export interface Targets {
  link(href: string): string
  /** What stands for the name of a file that is the whole text of a link: the title of its page. */
  title(href: string): string | undefined
  picture(src: string): string
}

/** The only raw HTML that a page may have: a comment, which GitHub does not show, in the place of a part of the site. */
const PART = /^<!-- ([\w-]+) -->\s*$/

/** Pages of the repository call each other by their files. */
const FILE_NAME = /^[\w/.-]+\.md$/

const markdown = new MarkdownIt({ html: true })
const { rules } = markdown.renderer
rules['table_open'] = () => '<div class="scroll" role="group" aria-label="Table"><table>\n'
rules['table_close'] = () => '</table></div>\n'
rules['heading_open'] = (tokens, index) =>
  `<${tokens[index]?.tag} id="${tokens[index]?.attrGet('id')}"><a href="#${tokens[index]?.attrGet('id')}">`
rules['heading_close'] = (tokens, index) => `</a></${tokens[index]?.tag}>\n`

/** Long names may be broken behind their dots, lines and slashes, and nowhere else. */
rules['code_inline'] = (tokens, index) =>
  `<code>${markdown.utils.escapeHtml(tokens[index]?.content ?? '').replaceAll(/(?<=\w[._/])(?=\w)|(?<=\])(?=\.\w)/g, '<wbr>')}</code>`

/** @throws Error for raw HTML, and for a heading with a link: headings of the site are links themselves. */
export function parsePage(text: string): ParsedPage {
  const tokens = markdown.parse(text, {})
  const slugger = new Slugger()
  const sections: { heading: Heading; text: string }[] = []
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'heading_open') {
      const content = tokens[index + 1]
      if (content?.children?.some(({ type }) => type === 'link_open')) throw new Error(`The heading "${content.content}" has a link.`)
      const heading = { level: Number(token.tag.slice(1)), text: plainText(content), anchor: slugger.slug(plainText(content)) }
      token.attrSet('id', heading.anchor)
      sections.push({ heading, text: '' })
    } else {
      refuseHtml(token)
      if (token.type.startsWith('th_') && tokens[index + (token.nesting === 1 ? 1 : -1)]?.content === '') token.tag = 'td' // a corner is no header
      asClass(token)
      const last = sections.at(-1)
      const isHeading = tokens[index - 1]?.type === 'heading_open'
      if (last && !isHeading && (token.type === 'inline' || token.type === 'fence')) last.text += `${plainText(token)} `
    }
  }
  return { tokens, sections }
}

/**
 * The HTML of a page.
 * @param parts what stands in the place of each comment, by its name.
 */
export function renderPage({ tokens }: ParsedPage, targets: Targets, parts: Readonly<Record<string, string>>): string {
  const all = tokens.flatMap((token) => [token, ...(token.children ?? [])])
  for (const [index, token] of all.entries()) {
    if (token.type === 'link_open') {
      const [href, text] = [String(token.attrGet('href')), all[index + 1]]
      if (text !== undefined && FILE_NAME.test(text.content)) text.content = targets.title(href) ?? text.content
      token.attrSet('href', targets.link(href))
    }
    if (token.type === 'image') token.attrSet('src', targets.picture(String(token.attrGet('src'))))
    if (token.type === 'html_block') token.content = partOf(token.content, parts)
  }
  return markdown.renderer.render([...tokens], markdown.options, {})
}

function partOf(comment: string, parts: Readonly<Record<string, string>>): string {
  const part = parts[PART.exec(comment)?.[1] ?? '']
  if (part === undefined) throw new Error(`There is no part ${comment.trim()}`)
  return part
}

function refuseHtml({ type, content, children }: Token): void {
  const isRaw = (type === 'html_block' && !PART.test(content)) || children?.some((child) => child.type === 'html_inline')
  if (isRaw) throw new Error(`Raw HTML: ${content}`)
}

/** The policy of the site allows no styles in the HTML. */
function asClass(token: Token): void {
  const style = token.attrGet('style')
  if (style === null) return
  token.attrs = (token.attrs ?? []).filter(([name]) => name !== 'style')
  token.attrSet('class', String(style).replace('text-align:', ''))
}

const plainText = (token: Token | undefined): string =>
  token?.children
    ? token.children.map(({ type, content }) => (type === 'softbreak' ? ' ' : type === 'image' ? '' : content)).join('')
    : (token?.content ?? '')
