import fc from 'fast-check'
import type { Raster } from '../../src/image/raster.ts'

/** Small pictures of any content: one pixel, lines, noise, plain ones, opaque and translucent. */
export const raster: fc.Arbitrary<Raster> = fc
  .record({
    width: fc.integer({ min: 1, max: 24 }),
    height: fc.integer({ min: 1, max: 24 }),
    kind: fc.constantFrom('noise', 'opaque', 'plain'),
  })
  .chain(({ width, height, kind }) => {
    const length = kind === 'plain' ? 4 : width * height * 4
    return fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => {
      const data = new Uint8ClampedArray(width * height * 4)
      for (let i = 0; i < data.length; i++) data[i] = kind === 'opaque' && i % 4 === 3 ? 255 : (bytes[i % length] ?? 0)
      return { width, height, data }
    })
  })
