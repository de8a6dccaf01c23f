import type { Shape } from '../../../../../src/image/raster.ts'
import type { Planes } from './colours.ts'

/** Numbers from 0 to 1, equal for equal seeds. */
export function randomNumbers(seed: number): () => number {
  let state = (Math.imul(seed, 2654435761) + 1) >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 8) / 2 ** 24
  }
}

/** Planes by a function of place: component 0…2, column, row. */
export function planesOf({ width, height }: Shape, sample: (component: number, x: number, y: number) => number): Planes {
  const plane = (component: number, columns: number, rows: number): Uint8Array =>
    Uint8Array.from({ length: columns * rows }, (_, i) => Math.round(sample(component, i % columns, Math.floor(i / columns))))
  const [across, down] = [(width + 1) >> 1, (height + 1) >> 1]
  return { width, height, y: plane(0, width, height), cb: plane(1, across, down), cr: plane(2, across, down) }
}

/** Waves with grain: edges, ramps and texture. */
export function waves(shape: Shape, seed: number, grain = 8): Planes {
  const random = randomNumbers(seed)
  return planesOf(shape, (component, x, y) => {
    const size = component === 0 ? 1 : 2
    const wave = Math.sin((x * size) / 9 + seed) * Math.cos((y * size) / 13) + (component === 0 && (x + y) % 37 < 3 ? 0.6 : 0)
    return Math.max(0, Math.min(255, 126 + 80 * wave + (random() - 0.5) * grain))
  })
}

/** Every sample for itself; `levels`: that many different ones. */
export function noise(shape: Shape, seed: number, levels = 256): Planes {
  const random = randomNumbers(seed)
  return planesOf(shape, () => (Math.floor(random() * levels) * 255) / (levels - 1))
}

export const flat = (shape: Shape, level: number): Planes => planesOf(shape, () => level)
