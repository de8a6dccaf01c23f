// Compiles the AssemblyScript core (src/image/assembly) to build/core.wasm, byte-identical for identical sources, the modules of npm that are changed, and the versions of the sources.
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { buildLibheif } from './build-libheif.ts'
import { buildOnce } from './built-files/build-once.ts'
import { buildResvg } from './build-resvg.ts'
import { buildVersions } from './versions/build-versions.ts'

const root = resolve(import.meta.dirname, '..')
const out = 'build/core.wasm'
const SOURCES = 'src/image/assembly'

/** What decides the bytes of the core. */
function inputs(): readonly string[] {
  const sources = readdirSync(resolve(root, SOURCES), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const compiler = ['assemblyscript', 'binaryen'].map((name) => `node_modules/${name}/package.json`)
  return [
    import.meta.filename,
    ...[...compiler, ...sources.toSorted().map((name) => `${SOURCES}/${name}`)].map((name) => resolve(root, name)),
  ]
}

export async function buildAssembly(): Promise<void> {
  mkdirSync(resolve(root, 'build'), { recursive: true })
  await buildLibheif()
  await buildResvg()
  await buildVersions()
  const started = performance.now()
  const isNew = await buildOnce(resolve(root, out), inputs(), compile)
  const size = `${out}: ${statSync(resolve(root, out)).size} bytes`
  console.log(isNew ? `${size} in ${((performance.now() - started) / 1000).toFixed(1)} s` : `${size}, of the same sources as before`)
}

/** Loads the compiler itself: tests that need the core import this file, and most find it built. */
async function compile(): Promise<void> {
  const { default: asc } = await import('assemblyscript/asc')
  const { error, stderr } = await asc.main(
    [
      `${SOURCES}/index.ts`,
      '--outFile',
      out,
      '--optimizeLevel',
      '3',
      '--shrinkLevel',
      '0',
      '--runtime',
      'stub',
      '--noAssert',
      '--enable',
      'simd',
      '--initialMemory',
      '7',
      '--use',
      'abort=',
      '--baseDir',
      root,
    ],
    {},
  )
  // oxlint-disable-next-line typescript/no-base-to-string -- the compiler's stream has a toString of its own
  if (error) throw new Error(`asc failed: ${error.message}\n${String(stderr)}`)
}

if (process.argv[1] === import.meta.filename) await buildAssembly()
