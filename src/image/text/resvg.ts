import { AppError } from '../../errors.ts'
import type { ImageContext } from '../context.ts'

type Renderer = typeof import('@resvg/resvg-wasm')

let ready: Promise<Renderer> | null = null

/** The renderer is loaded, its WASM compiled and started, when the first text is drawn; a failed start is tried anew. */
export function startRenderer(context: Pick<ImageContext, 'wasm'>): Promise<Renderer> {
  ready ??= load(context).catch((cause: unknown) => {
    ready = null
    throw cause
  })
  return ready
}

async function load(context: Pick<ImageContext, 'wasm'>): Promise<Renderer> {
  const [resvg, module] = await Promise.all([import('@resvg/resvg-wasm'), context.wasm.resvg()])
  await resvg.initWasm(module)
  return resvg
}

/**
 * How much of each pixel the document's ink covers, 0–255, row by row. The first of the fonts is the one in which it is set, the others
 * help out with characters that it does not have. @throws AppError `invalid_parameter` when the fonts are of no use.
 */
export function renderCoverage({ Resvg }: Renderer, svg: string, fonts: readonly Uint8Array[]): Uint8Array {
  try {
    const document = new Resvg(svg, { font: { fontBuffers: [...fonts] } })
    try {
      const image = document.render()
      const { pixels } = image
      image.free()
      const coverage = new Uint8Array(pixels.length / 4)
      for (let i = 0; i < coverage.length; i++) coverage[i] = pixels[i * 4 + 3] as number // four bytes a pixel
      return coverage
    } finally {
      document.free()
    }
  } catch (cause) {
    throw new AppError('invalid_parameter', {
      field: 'font',
      reason: 'Expected a font that can be drawn.',
      detail: `resvg: ${String(cause)}`,
      cause,
    })
  }
}
