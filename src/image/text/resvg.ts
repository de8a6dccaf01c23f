import { AppError } from '../../errors.ts'
import type { ImageContext } from '../context.ts'
import { type FontNames, type Rendered, RefusedByRenderer, type ResvgInstance, startResvg } from './resvg-instance.ts'

/** An instance whose memory has grown beyond this is given away: it never shrinks. */
const KEPT_BYTES = 16 * 1024 * 1024
/** What an instance takes at most: `build/resvg.wasm` says so. */
export const RENDERER_MAX_BYTES = 48 * 1024 * 1024

/** The renderer of documents. */
export interface Renderer {
  /**
   * @throws RefusedByRenderer when the document or the fonts are of no use. @throws AppError `too_many_pixels` when the drawing takes more memory
   * than the renderer may have, or it fails otherwise; the next one has a fresh instance.
   */
  render(svg: string, fonts: readonly Uint8Array[], names?: FontNames): Rendered
}

let ready: Promise<Renderer> | null = null

/** The renderer is loaded and its WASM compiled when the first text or document is drawn; a failed load is tried anew. */
export function startRenderer(context: Pick<ImageContext, 'wasm'>): Promise<Renderer> {
  ready ??= context.wasm
    .resvg()
    .then(rendererOf)
    .catch((cause: unknown) => {
      ready = null
      throw cause
    })
  return ready
}

function rendererOf(module: WebAssembly.Module): Renderer {
  let kept: ResvgInstance | null = startResvg(module)
  return {
    render(svg, fonts, names) {
      const instance = kept ?? startResvg(module)
      kept = null
      try {
        const rendered = instance.render(svg, fonts, names)
        if (instance.memoryBytes() <= KEPT_BYTES) kept = instance
        return rendered
      } catch (cause) {
        if (cause instanceof RefusedByRenderer) throw cause
        const detail = `resvg: ${String(cause)} in ${instance.memoryBytes()} bytes`
        const reason = `The renderer fails on it: expected a drawing that takes at most ${RENDERER_MAX_BYTES} bytes of memory.`
        throw new AppError('too_many_pixels', { reason, detail, cause })
      }
    },
  }
}

/**
 * How much of each pixel the document's ink covers, 0–255, row by row. The first of the fonts is the one in which it is set, the others
 * help out with characters that it does not have. @throws AppError `invalid_parameter` when the fonts are of no use.
 */
export function renderCoverage(renderer: Renderer, svg: string, fonts: readonly Uint8Array[]): Uint8Array {
  try {
    const { pixels } = renderer.render(svg, fonts)
    const coverage = new Uint8Array(pixels.length / 4)
    for (let i = 0; i < coverage.length; i++) coverage[i] = pixels[i * 4 + 3] as number // four bytes a pixel
    return coverage
  } catch (cause) {
    throw new AppError('invalid_parameter', {
      field: 'font',
      reason: 'Expected a font that can be drawn.',
      detail: `resvg: ${String(cause)}`,
      cause,
    })
  }
}
