import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const SRC = join(ROOT, 'src')

/** Who may import whom. A layer not named on the right is out of reach. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  errors: [],
  image: ['errors'],
  service: ['errors', 'image'],
  http: ['errors', 'image', 'service'],
  adapters: ['errors', 'image', 'service'],
  durable: ['errors', 'service'],
  env: ['service'],
  config: ['errors', 'service'],
  compose: ['errors', 'env', 'config', 'http', 'service', 'adapters', 'durable', 'image'],
  index: ['errors', 'env', 'config', 'compose', 'durable'],
  local: ['errors', 'config', 'service'],
}

const PACKAGES: Record<string, RegExp> = {
  errors: /^$/,
  image: /^(zod|@jsquash\/.*|@resvg\/resvg-wasm)$/,
  service: /^(zod|jose|ulid|nanoid)$/,
  http: /^(hono|zod|content-disposition|jose)(\/.*)?$/,
  adapters: /^(cloudflare:.*|@jsquash\/.*\.wasm|@resvg\/.*\.wasm)$/,
  durable: /^cloudflare:/,
  env: /^$/,
  config: /^zod$/,
  compose: /^(mime|cloudflare:.*|nanoid|ulid)$/,
  index: /^cloudflare:/,
  local: /^(node:.*|miniflare|wrangler)$/,
}

const layerOf = (file: string): string => relative(SRC, file).split('/')[0]?.replace(/\.ts$/, '') ?? ''
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.startsWith('image/assembly'))
  .map((file) => join(SRC, file))

const importsOf = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:^|\s)(?:from|import)\s*\(?\s*'([^']+)'/gm)].map((match) => match[1] ?? '')
const localImportsOf = (file: string): readonly string[] =>
  importsOf(file).flatMap((specifier) => (specifier.startsWith('.') ? [resolve(dirname(file), specifier)] : []))

describe('a layer imports only what it may', () => {
  it.each(files.map((file) => relative(SRC, file)))('%s', (name) => {
    const file = join(SRC, name)
    const from = layerOf(file)
    for (const specifier of importsOf(file)) {
      if (!specifier.startsWith('.')) {
        expect(specifier, `${name} uses a package`).toMatch(PACKAGES[from] ?? /^$/)
        continue
      }
      const target = resolve(dirname(file), specifier)
      if (!target.startsWith(SRC)) continue
      const to = layerOf(target)
      if (to !== from) expect(MAY_IMPORT[from], `${name} → ${to}`).toContain(to)
    }
  })
})

it('only the codecs wrap @jsquash, and only wasm-modules imports .wasm', () => {
  for (const file of files) {
    const name = relative(SRC, file)
    const packages = importsOf(file).filter((specifier) => specifier.startsWith('@jsquash/'))
    if (packages.length > 0) expect(name).toMatch(/^(image\/codecs\/|adapters\/wasm-modules\.ts)/)
    if (importsOf(file).some((specifier) => specifier.endsWith('.wasm'))) expect(name).toBe('adapters/wasm-modules.ts')
  }
})

it('dialects do not know each other', () => {
  const dialects = join(SRC, 'http/dialects')
  const dialectOf = (file: string): string => relative(dialects, file).split('/')[0] ?? ''
  for (const file of files.filter((name) => name.startsWith(dialects))) {
    for (const target of localImportsOf(file).filter((name) => name.startsWith(dialects))) {
      expect(dialectOf(target), relative(SRC, file)).toBe(dialectOf(file))
    }
  }
})

it('operations do not know each other', () => {
  const ops = join(SRC, 'image/ops')
  for (const file of files.filter((name) => name.startsWith(ops) && !/(define|table)\.ts$/.test(name))) {
    for (const target of localImportsOf(file).filter((name) => name.startsWith(ops)))
      expect(target, relative(SRC, file)).toBe(join(ops, 'define.ts'))
  }
})

it('the image domain touches no I/O, no clock and no randomness', () => {
  for (const file of files.filter((name) => name.startsWith(join(SRC, 'image')))) {
    expect(readFileSync(file, 'utf8'), relative(SRC, file)).not.toMatch(
      /\b(fetch\(|Date\.now|new Date\(|performance\.|Math\.random|crypto\.|setTimeout\(|R2Bucket|caches\.)/,
    )
  }
})
