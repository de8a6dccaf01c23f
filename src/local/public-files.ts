import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import mime from 'mime'
import type { PublicFile } from './front.ts'

const INDEX = 'index.html'

/** Files that configure the network instead of being served. */
const CONFIGURING = ['_headers', '_redirects']

/**
 * The folder of static files as a deployment serves it (the bytes stay on the disk): types, validators, the headers of `_headers`, and folders by their `index.html`.
 * @throws Error for a line of `_headers` that this reader does not know.
 */
export function readPublicFiles(folder: string): { files: Record<string, PublicFile>; redirects: Record<string, string> } {
  const rules = existsSync(join(folder, '_headers')) ? parseHeaderRules(readFileSync(join(folder, '_headers'), 'utf8')) : []
  const files: Record<string, PublicFile> = {}
  const redirects: Record<string, string> = {}
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !CONFIGURING.includes(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).split(sep).join('/'))
  for (const name of names) {
    const path = name.endsWith(`/${INDEX}`) ? name.slice(0, -INDEX.length) : name
    if (path !== name) {
      redirects[name] = path
      if (path !== '/') redirects[path.slice(0, -1)] = path
    }
    const bytes = readFileSync(join(folder, name))
    files[path] = { headers: headersOf(name, path, bytes, rules), path: encodeURI(name) }
  }
  return { files, redirects }
}

function headersOf(name: string, path: string, bytes: Buffer, rules: readonly HeaderRule[]): Record<string, string> {
  const type = mime.getType(name) ?? 'application/octet-stream'
  const headers = new Headers({
    'Content-Type': /^text\/|javascript|json/.test(type) ? `${type}; charset=utf-8` : type,
    'Cache-Control': 'public, max-age=0, must-revalidate',
    ETag: `"${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}"`,
  })
  const setByRules = new Set<string>()
  for (const { removed, name: header, value } of rules.filter(({ pattern }) => pattern.test(path))) {
    if (removed) headers.delete(header)
    else if (setByRules.has(header)) headers.append(header, value)
    else headers.set(header, value)
    setByRules.add(header)
  }
  return Object.fromEntries(headers)
}

interface HeaderRule {
  readonly pattern: RegExp
  /** In lower case. */
  readonly name: string
  readonly value: string
  readonly removed: boolean
}

/** https://developers.cloudflare.com/workers/static-assets/headers/: a path without indentation, below it indented `Name: value` or `! Name`. */
export function parseHeaderRules(text: string): readonly HeaderRule[] {
  const rules: HeaderRule[] = []
  let pattern: RegExp | undefined
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue
    const [, bang, name, value] = /^\s+(! *)?([\w-]+)(?:: *(.*))?$/.exec(line) ?? []
    if (/^\/\S*\s*$/.test(line)) pattern = pathPattern(line.trim())
    else if (pattern !== undefined && name !== undefined && (bang === undefined) === (value !== undefined))
      rules.push({ pattern, name: name.toLowerCase(), value: value?.trim() ?? '', removed: bang !== undefined })
    else throw new Error(`public/_headers: the line ${JSON.stringify(line)} is not known here`)
  }
  return rules
}

/** `*` stands for anything, `:name` for one segment. */
const pathPattern = (path: string): RegExp =>
  new RegExp(
    `^${path
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replace(/:[A-Za-z]\w*/g, '[^/]+')
      .replaceAll('*', '.*')}$`,
  )
