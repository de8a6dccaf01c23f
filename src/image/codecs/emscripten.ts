import { AppError } from '../../errors.ts'

/** An instance that worked on more than this is dropped afterwards: its memory never shrinks, and the isolate has little. */
const KEEP_BELOW_PIXELS = 1_500_000

export interface ModuleRun {
  readonly load: () => Promise<WebAssembly.Module>
  /** Pixels that pass through the instance. */
  readonly pixels: number
}

/**
 * Guards one @jsquash module: starts it when it is needed, starts it anew after it failed (an aborted Emscripten instance answers garbage for
 * ever) or grew large, and turns its bare errors into ours. The packages keep their instance in module state, hence one guard a module.
 */
export function guardModule(start: (module: WebAssembly.Module) => Promise<unknown>, code: 'invalid_image' | 'internal') {
  let ready: Promise<unknown> | null = null
  return async function run<T>({ load, pixels }: ModuleRun, work: () => Promise<T>): Promise<T> {
    ready ??= load().then(start)
    try {
      await ready
      return await work()
    } catch (cause) {
      ready = null
      throw cause instanceof AppError ? cause : new AppError(code, { cause, detail: `@jsquash: ${String(cause)}` })
    } finally {
      if (pixels > KEEP_BELOW_PIXELS) ready = null
    }
  }
}

/** An own copy of exactly the viewed bytes: the packages read `.buffer` whole and may keep it. */
export const ownBuffer = (bytes: Uint8Array | Uint8ClampedArray): ArrayBuffer =>
  bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer

/** The shape of a browser's ImageData, which the packages take. */
export const imageData = (raster: { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray }) =>
  ({ width: raster.width, height: raster.height, data: raster.data, colorSpace: 'srgb' }) as never // structural: the packages read only these
