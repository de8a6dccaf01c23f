import { AppError } from '../errors.ts'
import type { Answer } from './answer.ts'

/** Only what the runtime marks as passing is tried again, and never when the object says that it has too much to do. */
const MAX_CALLS = 3

/** Calls an object; a failure of the call itself (the object moved, the network broke) is `storage_unavailable`. */
export async function call<T>(work: () => Promise<Answer<T>>): Promise<T> {
  for (let calls = 1; ; calls++) {
    try {
      const answered = await work()
      if (answered.ok) return answered.value
      throw new AppError(answered.error.code, answered.error)
    } catch (thrown) {
      if (thrown instanceof AppError) throw thrown
      const { retryable = false, overloaded = false } = thrown as { readonly retryable?: boolean; readonly overloaded?: boolean } // set by the runtime
      if (!retryable || overloaded || calls >= MAX_CALLS) {
        throw new AppError('storage_unavailable', { cause: thrown, detail: `Durable Object: ${String(thrown)}` })
      }
    }
  }
}

/** The object of a name. RPC stubs have the methods of their class; the platform's type of that mapping is too deep for plain JSON trees. */
export const objectIn =
  <T>(namespace: DurableObjectNamespace) =>
  (name: string): T =>
    namespace.get(namespace.idFromName(name)) as unknown as T
