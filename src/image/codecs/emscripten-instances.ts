import { AppError } from '../../errors.ts'

/** What the packages' module factories take. */
export interface StartOptions {
  readonly noInitialRun: true
  instantiateWasm(imports: WebAssembly.Imports, started: (instance: WebAssembly.Instance) => void): WebAssembly.Exports
}

export interface InstanceRun {
  readonly load: () => Promise<WebAssembly.Module>
  /** What the run takes of the instance's memory. */
  readonly memoryBytes: number
}

/** The memory that the packages' modules start with. An instance that needs no more is kept, for that much it always has. */
const INITIAL_MEMORY_BYTES = 16 * 1024 * 1024
const PAGE_BYTES = 65_536

/**
 * Lends instances of one Emscripten module, held by nobody but us: the packages' own wrappers keep theirs, grown as it is, until the next
 * one is made. Small runs share one; a large one gets an instance of its own, which is garbage afterwards. That starts with the memory of
 * its run, because Emscripten takes a fifth more than it needs whenever it grows. An instance that failed is dropped: once aborted, it
 * answers garbage for ever.
 */
export function emscriptenInstances<I>(factory: unknown, code: 'invalid_image' | 'internal') {
  const start = factory as (options: StartOptions) => Promise<I> // the packages' declarations lean on types that they do not ship
  let kept: Promise<I> | null = null
  return async function run<T>({ load, memoryBytes }: InstanceRun, work: (instance: I) => T): Promise<T> {
    const isLarge = memoryBytes > INITIAL_MEMORY_BYTES
    const open = async (): Promise<I> => start(startOptions(await load(), isLarge ? memoryBytes : 0))
    try {
      return work(await (isLarge ? open() : (kept ??= open())))
    } catch (cause) {
      if (!isLarge) kept = null
      throw cause instanceof AppError ? cause : new AppError(code, { cause, detail: `@jsquash: ${String(cause)}` })
    }
  }
}

/** `memoryBytes`: what the instance has at once; 0 for what it starts with. */
export const startOptions = (module: WebAssembly.Module, memoryBytes: number): StartOptions => ({
  noInitialRun: true,
  instantiateWasm(imports, started) {
    const instance = new WebAssembly.Instance(module, imports)
    const memory = Object.values(instance.exports).find((member) => member instanceof WebAssembly.Memory)
    const missing = Math.ceil((memoryBytes - (memory?.buffer.byteLength ?? memoryBytes)) / PAGE_BYTES)
    if (missing > 0) memory?.grow(missing)
    started(instance)
    return instance.exports
  },
})
