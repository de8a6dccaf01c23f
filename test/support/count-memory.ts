import { afterEach, beforeEach } from 'vitest'

const RealInstance = WebAssembly.Instance
const { Uint8ClampedArray: RealClamped, Uint8Array: RealBytes } = globalThis

export interface InstanceCount {
  /** The memory of every WebAssembly instance that was made. */
  readonly memories: ReadonlySet<WebAssembly.Memory>
  /** Bytes of those memories now. */
  bytes(): number
  /** Begins anew. */
  reset(): void
}

/** Counts the WebAssembly instances that the code under a test makes, in each test of the suite that calls this. */
export function countInstances(): InstanceCount {
  const memories = new Set<WebAssembly.Memory>()
  beforeEach(() => {
    memories.clear()
    WebAssembly.Instance = new Proxy(RealInstance, {
      construct(Instance, args: ConstructorParameters<typeof RealInstance>) {
        const instance = new Instance(...args)
        for (const member of Object.values(instance.exports)) if (member instanceof WebAssembly.Memory) memories.add(member)
        return instance
      },
    })
  })
  afterEach(() => {
    WebAssembly.Instance = RealInstance
  })
  return {
    memories,
    bytes: () => [...memories].reduce((sum, memory) => sum + memory.buffer.byteLength, 0),
    reset: () => memories.clear(),
  }
}

export interface ArrayCount {
  /** Bytes of the arrays that were made with a length: rasters, held pictures, files. What was given back is counted too. */
  readonly bytes: number
  /**
   * Bytes that were in memory at most, when nothing is free that was not given back: as before any collection of garbage. An array counts from the
   * next one on, when it has been written.
   */
  readonly most: number
  reset(): void
}

/** Counts what the code under a test allocates in JavaScript, likewise. sharp does not take arrays that are made meanwhile. */
export function countArrays(): ArrayCount {
  let [bytes, most] = [0, 0]
  let kept: ArrayBufferLike[] = []
  function look(): void {
    kept = kept.filter(({ byteLength }) => byteLength > 0)
    most = Math.max(
      most,
      kept.reduce((sum, { byteLength }) => sum + byteLength, 0),
    )
  }
  function reset(): void {
    ;[bytes, most, kept] = [0, 0, []]
  }
  const counting = <T extends typeof RealClamped | typeof RealBytes>(Real: T): T =>
    new Proxy(Real, {
      construct(target, [first, ...rest]: [unknown, ...unknown[]]) {
        const array = Reflect.construct(target, [first, ...rest]) as InstanceType<T>
        if (first instanceof ArrayBuffer) return array
        if (typeof first === 'number') bytes += first
        look()
        kept.push(array.buffer)
        return array
      },
    })
  beforeEach(() => {
    reset()
    globalThis.Uint8ClampedArray = counting(RealClamped)
    globalThis.Uint8Array = counting(RealBytes)
  })
  afterEach(() => {
    globalThis.Uint8ClampedArray = RealClamped
    globalThis.Uint8Array = RealBytes
  })
  return {
    get bytes() {
      return bytes
    },
    get most() {
      look()
      return most
    },
    reset,
  }
}
