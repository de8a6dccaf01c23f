import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A fenced block of shell commands on a page. */
export interface ShellBlock {
  readonly page: string
  readonly line: number
  readonly text: string
}

/** All pages for users, in the order in which a newcomer reads them. */
const pagesOf = (root: string): readonly string[] => [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `docs/${name}`),
]

export function shellBlocks(root: string): readonly ShellBlock[] {
  return pagesOf(root).flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8')
    return [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map((match) => ({
      page,
      line: text.slice(0, match.index).split('\n').length,
      text: match[1] ?? '',
    }))
  })
}

/** The names of npm scripts that pages mention in running text or blocks. */
export function mentionedScripts(root: string): readonly string[] {
  const names = pagesOf(root).flatMap((page) =>
    [...readFileSync(join(root, page), 'utf8').matchAll(/npm run ([a-z][\w:-]*)/g)].map((match) => match[1] ?? ''),
  )
  return [...new Set(names)].sort()
}

/**
 * The blocks of one section, those in lists too.
 * @param heading of level 2, without its signs.
 * @throws Error when the page has no such section.
 */
export function blocksBelow(root: string, page: string, heading: string, language: string): readonly string[] {
  const section = readFileSync(join(root, page), 'utf8')
    .split(/^## /m)
    .find((text) => text.startsWith(`${heading}\n`))
  if (section === undefined) throw new Error(`${page} has no section "${heading}".`)
  const fences = section.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([^]*?)^ *\`\`\``, 'gm'))
  return [...fences].map(([, indent = '', text = '']) => text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''))
}
