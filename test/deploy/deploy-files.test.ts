import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import definition from '../../emulsion.config.ts'
import { loadConfig } from '../../src/config/load.ts'
import { importsOf, typeScriptBelow } from '../support/import-graph.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const pack = JSON.parse(read('package.json')) as {
  readonly dependencies: Readonly<Record<string, string>>
  readonly cloudflare: { readonly bindings: Readonly<Record<string, { readonly description: string }>> }
}
const [wrangler, dockerfile, terraform] = [read('wrangler.toml'), read('Dockerfile'), read('deploy/terraform/main.tf')]
const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found = '']) => found)

describe('the Deploy to Cloudflare button', () => {
  const asked = all(read('.dev.vars.example'), /^(\w+)=/gm)

  it('asks for every secret without which the service does not start, and suggests none', () => {
    const values = Object.fromEntries(
      asked.map((name) => [name, `${name.replace(/^.*_(SECRET|PUBLIC)_KEY$/, '$1').toLowerCase()}_Emu1s1nAnything`]),
    )
    expect(loadConfig(definition, values).accounts).toHaveLength(1)
    for (const name of asked) expect(() => loadConfig(definition, { ...values, [name]: '' })).toThrow(name)
    expect(read('.dev.vars.example')).not.toMatch(/^\w+=./m)
  })

  it('describes each of them, and nothing that is not there', () => {
    const bound = all(wrangler, /^binding = "(\w+)"/gm)
    const described = Object.keys(pack.cloudflare.bindings)
    expect(described).toEqual(expect.arrayContaining(asked))
    expect([...asked, ...bound]).toEqual(expect.arrayContaining(described))
  })
})

it('Terraform makes the buckets and queues that wrangler.toml names', () => {
  const named = new Set(all(wrangler, /^(?:bucket_name|queue|dead_letter_queue) = "([\w-]+)"/gm))
  const made = all(terraform, /toset\(\[(.*)\]\)/g).flatMap((list) => all(list, /"([\w-]+)"/g))
  expect(made.toSorted()).toEqual([...named].toSorted())
  expect(terraform).toContain(`"${all(wrangler, /^name = "([\w-]+)"/gm)[0] ?? ''}"`)
})

describe('the container', () => {
  it('has every package that the server imports', () => {
    // The build alone asks wrangler, in the first stage.
    const files = typeScriptBelow('src').filter((file) => file !== 'src/local/worker-options.ts')
    const imported = files.flatMap((file) => importsOf(file).packages).filter((name) => !/^(node|cloudflare):/.test(name))
    const names = imported.map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'))
    expect([...new Set(names)].filter((name) => !(name in pack.dependencies))).toEqual([])
  })

  it('copies only what is there, or what its first stage has made', () => {
    const copied = all(dockerfile, /^COPY (?!--from)(.+) \S+$/gm).flatMap((list) => list.split(' '))
    for (const path of copied) expect([path, existsSync(join(ROOT, path))]).toEqual([path, true])
    expect(all(dockerfile, /^COPY --from=build \/app\/(\S+) /gm)).toEqual(['dist', 'build', 'public'])
  })

  it('listens and keeps its state where compose.yaml says', () => {
    const compose = read('compose.yaml')
    const variables = Object.fromEntries(all(dockerfile, /^ENV (.+)$/gm).flatMap((line) => line.split(' ').map((pair) => pair.split('='))))
    expect(compose).toContain(`- '${variables['PORT']}:${variables['PORT']}'`)
    expect(compose).toContain(`- state:${variables['EMULSION_STATE']}`)
  })
})
