import { readStream } from '../service/files/content/read-stream.ts'
import type { CachedResult, Clock, EdgeCache, StorableResult } from '../service/ports.ts'

/** Of all that an isolate remembers, and of one result. The isolate has 128 MB, most of which is for pixels. */
const MAX_BYTES = 4_000_000
const MAX_RESULT_BYTES = 64_000
/** A result never changes under its key; it is forgotten all the same, for others may be asked for more. */
const REMEMBERED_MS = 60_000

interface Remembered {
  readonly result: StorableResult
  readonly until: number
}

/**
 * Small results in the memory of the isolate, before those of the edge: asking the edge takes longer than all else that a hit takes. What stands in for a better
 * result is not remembered: it is to be forgotten soon.
 */
export function rememberResults(edge: EdgeCache, clock: Clock): EdgeCache {
  /** What was used last is at the end. */
  const known = new Map<string, Remembered>()
  let bytes = 0

  function forget(key: string): void {
    bytes -= known.get(key)?.result.size ?? 0
    known.delete(key)
  }

  function remember(key: string, result: StorableResult): StorableResult {
    if (result.later || result.size > MAX_RESULT_BYTES) return result
    forget(key)
    known.set(key, { result, until: clock.now() + REMEMBERED_MS })
    bytes += result.size
    while (bytes > MAX_BYTES) forget(known.keys().next().value ?? '')
    return result
  }

  return {
    async get(key): Promise<CachedResult | null> {
      const last = known.get(key)
      if (last && clock.now() < last.until) {
        known.delete(key)
        known.set(key, last)
        return last.result
      }
      forget(key)
      const result = await edge.get(key)
      if (!result || result.size > MAX_RESULT_BYTES) return result
      const { body } = result
      return remember(key, { ...result, body: body instanceof Uint8Array ? body : await readStream(body) })
    },
    put(key, result, ttlSeconds) {
      remember(key, result)
      return edge.put(key, result, ttlSeconds)
    },
    purge: edge.purge,
  }
}
