import { build } from 'esbuild'
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ASSETS, FONTS, WASM_FILES } from '../../packages/cli/src/engine/assets.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const PACKAGE = join(ROOT, 'packages/cli')
const SOURCES = join(PACKAGE, 'src')

/** The first Node that has all that the program uses. */
const TARGET = 'node22.17'

/** glue of Emscripten that finds Node asks for CommonJS' words. */
const COMMON_JS =
  "import{createRequire as r__}from'node:module';const require=r__(import.meta.url),__filename=import.meta.filename,__dirname=import.meta.dirname;"

/** Bundles the program `emulsion` with the engine of `src`, its modules and its fonts, into `packages/cli/dist` or a folder of its own. The core must have been built. */
export async function buildCli(dist = join(PACKAGE, 'dist')): Promise<void> {
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(join(dist, ASSETS), { recursive: true })
  await build({
    entryPoints: { emulsion: join(SOURCES, 'main.ts'), 'render-thread': join(SOURCES, 'engine/render-thread.ts') },
    outdir: dist,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    chunkNames: '[name]-[hash]', // beside the entries, since each finds assets beside itself
    format: 'esm',
    platform: 'node',
    target: TARGET,
    minifySyntax: true,
    legalComments: 'none',
    banner: { js: COMMON_JS },
    logLevel: 'warning',
  })
  chmodSync(join(dist, 'emulsion.mjs'), 0o755)
  for (const [name, file] of Object.entries(WASM_FILES)) copyFileSync(join(ROOT, file), join(dist, ASSETS, `${name}.wasm`))
  for (const file of readdirSync(join(ROOT, FONTS)).filter((name) => name.endsWith('.ttf')))
    copyFileSync(join(ROOT, FONTS, file), join(dist, ASSETS, file))
}
