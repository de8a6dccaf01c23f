import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')
const Module = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module // the Workers types cannot compile

export const wasmFile = (path: string): WebAssembly.Module => new Module(readFileSync(resolve(ROOT, path)))
