// Compiles the AssemblyScript core (src/image/assembly) to build/core.wasm, byte-identical for identical sources, and the modules of npm that are changed.
import { mkdirSync, statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import asc from 'assemblyscript/asc'
import { buildLibheif } from './build-libheif.ts'
import { buildResvg } from './build-resvg.ts'

const root = resolve(import.meta.dirname, '..')
const out = 'build/core.wasm'

export async function buildAssembly(): Promise<void> {
  mkdirSync(resolve(root, 'build'), { recursive: true })
  buildLibheif()
  buildResvg()
  const started = performance.now()
  const { error, stderr } = await asc.main(
    [
      'src/image/assembly/index.ts',
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
      '4',
      '--use',
      'abort=',
      '--baseDir',
      root,
    ],
    {},
  )
  // oxlint-disable-next-line typescript/no-base-to-string -- the compiler's stream has a toString of its own
  if (error) throw new Error(`asc failed: ${error.message}\n${String(stderr)}`)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${relative(root, resolve(root, out))}: ${statSync(resolve(root, out)).size} bytes in ${seconds} s`)
}

if (process.argv[1] === import.meta.filename) await buildAssembly()
