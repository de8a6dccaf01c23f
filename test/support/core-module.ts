import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { buildAssembly } from '../../scripts/build-assembly.ts'

const file = resolve(import.meta.dirname, '../../build/core.wasm')

/** Node can compile at run time; the Workers types leave it out. */
const compile = (WebAssembly as unknown as { compile(bytes: Uint8Array): Promise<WebAssembly.Module> }).compile

/** The compiled pixel engine; built first when it is missing. */
export async function coreModule(): Promise<WebAssembly.Module> {
  if (!existsSync(file)) await buildAssembly()
  return compile(readFileSync(file))
}
