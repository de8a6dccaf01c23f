import { AppError } from '../../../../src/errors.ts'
import { fetchedModules, fetchFont } from './assets.ts'
import { decodeByBrowser } from './bitmap.ts'
import { createMake } from './make.ts'
import type { Answer, Order } from './order.ts'

/** The worker's side of the page. */
interface Scope {
  onmessage: ((message: { readonly data: Order }) => void) | null
  postMessage(answer: Answer, transfer: readonly ArrayBuffer[]): void
}
const scope = globalThis as unknown as Scope

const make = createMake({
  wasm: fetchedModules(),
  font: fetchFont,
  decodeByBrowser,
  fetch: (url, init) => fetch(url, init),
})

async function answer(order: Order): Promise<void> {
  try {
    const made = await make(order)
    scope.postMessage({ made }, made.body ? [made.body.buffer] : [])
  } catch (thrown) {
    const { code, publicText, message } = AppError.from(thrown)
    scope.postMessage({ error: { code, message: code === 'internal' ? `${publicText} ${message}` : publicText } }, [])
  }
}

// The page sends the next order when it has the answer to this one.
scope.onmessage = ({ data }) => void answer(data)
