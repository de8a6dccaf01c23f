import { parentPort, workerData } from 'node:worker_threads'
import { AppError } from '../../../../src/errors.ts'
import { wasmModules } from './assets.ts'
import { createEngine, type LocalWish } from './engine.ts'

/** What a thread is started with. */
export interface ThreadData {
  readonly core: WebAssembly.Module
  readonly memoryBytes: number | undefined
}

/** What a thread answers to a `LocalWish`. */
export type ThreadAnswer =
  | { readonly picture: { readonly body: Uint8Array<ArrayBuffer>; readonly mime: string; readonly warnings: readonly string[] } }
  | { readonly error: { readonly code: string; readonly message: string } }

const { core, memoryBytes } = workerData as ThreadData // of crew.ts
const render = createEngine(wasmModules(core), memoryBytes)

/** One after the other: the engine of a thread is for one plan at a time. */
let last = Promise.resolve()
parentPort?.on('message', (wish: LocalWish) => {
  last = last.then(() => answer(wish))
})

async function answer(wish: LocalWish): Promise<void> {
  try {
    const { body, mime, warnings } = await render(wish)
    const own = body.slice() // memory of WebAssembly cannot be handed over
    parentPort?.postMessage({ picture: { body: own, mime, warnings } } satisfies ThreadAnswer, [own.buffer])
  } catch (thrown) {
    parentPort?.postMessage({ error: describe(thrown) } satisfies ThreadAnswer)
  }
}

/** Errors of the file system say what they are; all that is not the engine's word is a fault of ours. */
function describe(thrown: unknown): { readonly code: string; readonly message: string } {
  if (thrown instanceof Error && 'syscall' in thrown) return { code: 'unreadable', message: thrown.message }
  const { code, publicText, message } = AppError.from(thrown)
  return { code, message: code === 'internal' ? `${publicText} ${message}` : publicText }
}
