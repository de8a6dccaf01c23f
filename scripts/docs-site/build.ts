// `npm run build:docs`: makes the site of docs/ in public/-/docs/, where the service serves it.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { build } from 'esbuild'
import { replaceFile } from '../built-files/replace-file.ts'
import { assetOf } from './links.ts'
import { buildSite } from './site.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const TARGET = join(ROOT, 'public/-/docs')

/**
 * Replaces what has changed, and removes what is no page any more.
 * @throws Error for what `buildSite` refuses.
 */
export async function buildDocs(): Promise<void> {
  const site = buildSite(
    (file) => readFileSync(join(ROOT, file), 'utf8'),
    (file) => existsSync(join(ROOT, file)),
  )
  const files = new Map<string, Uint8Array>([
    ...[...site.texts].map(([path, text]) => [path, Buffer.from(text)] as const),
    ...[...site.assets].map((file) => [assetOf(file), readFileSync(join(ROOT, file))] as const),
    ['docs.css', readFileSync(join(import.meta.dirname, 'docs.css'))],
    ['icon.svg', readFileSync(join(ROOT, 'public/-/console/icon.svg'))],
    ['docs.js', await bundle()],
  ])
  for (const [path, bytes] of files) replaceFile(join(TARGET, path), bytes)
  for (const entry of readdirSync(TARGET, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name)
    if (entry.isFile() && !files.has(relative(TARGET, file))) rmSync(file, { force: true })
  }
}

async function bundle(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'browser/main.ts')],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife', // a page that is opened as a file may not load modules
    platform: 'browser',
    target: ['chrome120', 'firefox121', 'safari17.5'],
    logLevel: 'warning',
  })
  const [program] = outputFiles
  if (!program) throw new Error('The program of the site was not built.')
  return program.contents
}

if (import.meta.main) await buildDocs()
