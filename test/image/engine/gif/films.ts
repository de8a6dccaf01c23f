import { expect } from 'vitest'
import { createCore } from '../../../../src/image/engine/core.ts'
import type { Engine } from '../../../../src/image/engine/engine.ts'
import { createGifAnimation } from '../../../../src/image/engine/gif/animation-encoder.ts'
import { rasterRows } from '../../../../src/image/engine/rows/pixel-rows.ts'
import type { Raster, Shape } from '../../../../src/image/raster.ts'
import { wasmFromDisk } from '../../../support/image-context.ts'
import { drainAtOnce } from '../../../support/rows.ts'
import { random } from '../png/writer.ts'

const module = await wasmFromDisk.core()

export interface Film extends Shape {
  /** Of each frame: RGBA words. */
  readonly frames: readonly Uint32Array[]
}

const rasterOf = ({ width, height }: Shape, words: Uint32Array): Raster => ({
  width,
  height,
  data: new Uint8ClampedArray(words.slice().buffer),
})

/** By our encoder; durations are in milliseconds, 100 when they are not told. */
export async function encodeFilm(film: Film, durations: readonly number[] = [], plays = 0): Promise<Uint8Array> {
  const core = createCore(module) as Engine
  const start = core.mark()
  const animation = createGifAnimation(core, { width: film.width, height: film.height, frames: film.frames.length, plays }, drainAtOnce)
  for (const [i, frame] of film.frames.entries()) {
    const mark = core.mark()
    await animation.add(rasterRows(core, rasterOf(film, frame)), durations[i] ?? 100)
    expect(core.mark()).toBeGreaterThanOrEqual(mark)
    core.release(mark)
  }
  const file = await animation.finish()
  core.release(start)
  return file
}

/** Rectangles of few colours come and go on a ground of as few; some are holes. */
export function rectangles(seed: number, isTransparent: boolean): Film {
  const upTo = random(seed)
  const [width, height] = [1 + upTo(40), 1 + upTo(40)]
  const colours = Uint32Array.from({ length: 2 + upTo(30) }, (_, i) =>
    isTransparent && i === 0 ? 0 : (0xff000000 | (upTo(1 << 24) & 0xfcfcfc) | i) >>> 0,
  )
  let frame = new Uint32Array(width * height).fill(colours[1]!)
  const frames = Array.from({ length: 6 }, () => {
    frame = frame.slice()
    for (let i = upTo(4); i > 0; i--) {
      const [left, top, colour] = [upTo(width), upTo(height), colours[upTo(colours.length)]!]
      const [right, bottom] = [left + upTo(width - left) + 1, top + upTo(height - top) + 1]
      for (let y = top; y < bottom; y++) frame.fill(colour, y * width + left, y * width + right)
    }
    return frame
  })
  return { width, height, frames }
}
