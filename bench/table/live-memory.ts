import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Collecting garbage takes longer than what it is asked between. */
const MS_BETWEEN_LOOKS = 25

/** Watches what JavaScript holds in buffers. */
export interface LiveMemory {
  /** Looks, unless that was done just before. */
  look(): void
  /** Bytes that were alive at a look at most, beyond those that were there at the beginning. */
  most(): number
}

let collect: (() => void) | undefined

/** WASM memories are not in it. */
export function watchLiveMemory(): LiveMemory {
  setFlagsFromString('--expose-gc')
  collect ??= runInNewContext('gc') as () => void
  const alive = (): number => {
    collect?.()
    return process.memoryUsage().arrayBuffers
  }
  const before = alive()
  let [most, lookedAt] = [0, 0]
  return {
    look() {
      if (performance.now() - lookedAt < MS_BETWEEN_LOOKS) return
      most = Math.max(most, alive() - before)
      lookedAt = performance.now()
    },
    most: () => most,
  }
}
