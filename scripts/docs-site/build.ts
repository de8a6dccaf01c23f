// `npm run build:docs`: makes the site of docs/ in public/-/docs/, where the service serves it.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { build } from 'esbuild'
import { assetOf } from './links.ts'
import { buildSite } from './site.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const TARGET = join(ROOT, 'public/-/docs')

/** @throws Error for what `buildSite` refuses. */
export async function buildDocs(): Promise<void> {
  const site = buildSite(
    (file) => readFileSync(join(ROOT, file), 'utf8'),
    (file) => existsSync(join(ROOT, file)),
  )
  rmSync(TARGET, { recursive: true, force: true })
  for (const [path, text] of site.texts) writeFileSync(inTarget(path), text)
  for (const file of site.assets) copyFileSync(join(ROOT, file), inTarget(assetOf(file)))
  copyFileSync(join(import.meta.dirname, 'docs.css'), inTarget('docs.css'))
  copyFileSync(join(ROOT, 'public/-/console/icon.svg'), inTarget('icon.svg'))
  await build({
    entryPoints: [join(import.meta.dirname, 'browser/main.ts')],
    outfile: inTarget('docs.js'),
    bundle: true,
    minify: true,
    format: 'iife', // a page that is opened as a file may not load modules
    platform: 'browser',
    target: ['chrome120', 'firefox121', 'safari17.5'],
    logLevel: 'warning',
  })
}

function inTarget(path: string): string {
  const file = join(TARGET, path)
  mkdirSync(dirname(file), { recursive: true })
  return file
}

if (import.meta.main) await buildDocs()
