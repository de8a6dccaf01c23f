import { spawnSync } from 'node:child_process'
import { build, type Plugin } from 'esbuild'
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ASSETS, FONTS, WASM_FILES } from '../../packages/cli/src/engine/assets.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const PACKAGE = join(ROOT, 'packages/upload')
const SOURCES = join(PACKAGE, 'src')

/** As the console's: WebAssembly with SIMD, and workers that are modules. */
const TARGET = ['chrome120', 'firefox121', 'safari17.5']

/** Codecs' glue is loaded with their modules, when the first picture needs it: its factories answer with promises anyway. */
const LAZY_GLUE: Plugin = {
  name: 'lazy-glue',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@jsquash\/\w+\/codec\/.*\.js$/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'lazy-glue' } : null,
    )
    onLoad({ filter: /.*/, namespace: 'lazy-glue' }, ({ path }) => ({
      contents: `export default async (options) => (await import(${JSON.stringify(path)})).default(options)`,
      resolveDir: ROOT,
    }))
  },
}

/** Bundles `@emulsion/upload` with the engine of `src`, its modules, fonts and types, into `packages/upload/dist` or a folder of its own. The core must have been built. */
export async function buildUpload(dist = join(PACKAGE, 'dist'), withTypes = true): Promise<void> {
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(join(dist, ASSETS), { recursive: true })
  const bundle = {
    outdir: dist,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: TARGET,
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  } as const
  await build({ ...bundle, entryPoints: [join(SOURCES, 'index.ts'), join(SOURCES, 'element.ts')], chunkNames: '[name]-[hash]' })
  await build({
    ...bundle,
    entryPoints: { worker: join(SOURCES, 'engine/worker.ts') },
    chunkNames: '[name]-[hash]', // beside the entry, since each finds assets beside itself
    plugins: [LAZY_GLUE],
    external: ['fs', 'path'], // glue of Emscripten asks for them where it finds Node
  })
  for (const [name, file] of Object.entries(WASM_FILES)) copyFileSync(join(ROOT, file), join(dist, ASSETS, `${name}.wasm`))
  for (const file of readdirSync(join(ROOT, FONTS)).filter((name) => name.endsWith('.ttf')))
    copyFileSync(join(ROOT, FONTS, file), join(dist, ASSETS, file))
  if (withTypes) buildTypes(join(dist, 'types'))
}

function buildTypes(folder: string): void {
  const options = [
    '-p',
    PACKAGE,
    '--noEmit',
    'false',
    '--declaration',
    '--emitDeclarationOnly',
    '--rootDir',
    join(ROOT, 'packages'),
    '--outDir',
    folder,
  ]
  const { status, stdout } = spawnSync(join(ROOT, 'node_modules', '.bin', 'tsc'), options, { encoding: 'utf8' })
  if (status !== 0) throw new Error(stdout)
}
