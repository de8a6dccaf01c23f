import { beforeAll, describe, expect, it } from 'vitest'
import { type Core, createCore } from '../../../../src/image/engine/core.ts'
import { putRows } from '../../../../src/image/engine/rows/pixel-rows.ts'
import { canvasBytes, type Canvas, type CanvasExports, createCanvas } from '../../../../src/image/engine/webp/canvas.ts'
import { createRaster, type Raster } from '../../../../src/image/raster.ts'
import { coreModule } from '../../../support/core-module.ts'
import { painted } from './pictures.ts'

let core: Core<CanvasExports>

beforeAll(async () => {
  core = createCore(await coreModule())
})

function shown(canvas: Canvas): Raster & { readonly isOpaque: boolean } {
  const rows = canvas.rows()
  const raster = createRaster(rows)
  let y = 0
  for (const band of rows.bands) {
    putRows(core, band, raster, y)
    y += band.rows
  }
  expect(y).toBe(rows.height)
  return { ...raster, isOpaque: rows.isOpaque }
}

function draw(canvas: Canvas, x: number, y: number, { width, height, data }: Raster, replaces: boolean): void {
  const ptr = core.alloc(data.length + 16)
  core.bytes().set(data, ptr)
  canvas.draw({ x, y, width, height }, 0, { ptr, stride: width * 4, rows: height }, replaces)
}

/** RFC 9649 §2.7.1.1 in numbers of any precision. */
function over(source: readonly number[], below: readonly number[]): number[] {
  const [sourceAlpha = 0, belowAlpha = 0] = [source[3], below[3]]
  const alpha = sourceAlpha + belowAlpha * (1 - sourceAlpha / 255)
  const channel = (c: number): number =>
    alpha === 0 ? 0 : ((source[c] ?? 0) * sourceAlpha + (below[c] ?? 0) * belowAlpha * (1 - sourceAlpha / 255)) / alpha
  return [channel(0), channel(1), channel(2), alpha]
}

describe('a canvas', () => {
  it('lays a frame over what is there as the specification says', () => {
    const [below, above] = [
      painted(64, 64, (random, x, _y, c) => (c === 3 ? x * 4 + 3 : random)),
      painted(64, 64, (random, _x, y, c) => (c === 3 ? y * 4 + 3 : random)),
    ]
    const canvas = createCanvas(core, below)
    draw(canvas, 0, 0, below, true)
    expect(shown(canvas).data).toEqual(below.data)
    draw(canvas, 0, 0, above, false)
    const { data } = shown(canvas)
    let most = 0
    for (let at = 0; at < data.length; at += 4) {
      const expected = over([...above.data.subarray(at, at + 4)], [...below.data.subarray(at, at + 4)])
      expected.forEach((value, c) => (most = Math.max(most, Math.abs(value - (data[at + c] ?? 0)))))
    }
    expect(most).toBeLessThanOrEqual(0.500_001)
  })

  it('shows frames at their place, and is transparent where there is none or no more', () => {
    const canvas = createCanvas(core, { width: 5, height: 4 })
    draw(
      canvas,
      1,
      1,
      painted(3, 2, () => 255),
      false,
    )
    const alphas = (): string => [...shown(canvas).data].flatMap((value, i) => (i % 4 === 3 ? [value === 255 ? '#' : '.'] : [])).join('')
    expect(alphas()).toBe('.....' + '.###.' + '.###.' + '.....')
    canvas.clear({ x: 2, y: 1, width: 1, height: 2 })
    expect(alphas()).toBe('.....' + '.#.#.' + '.#.#.' + '.....')
  })

  it('knows whether it is opaque, and what it takes', () => {
    const before = core.mark()
    const canvas = createCanvas(core, { width: 33, height: 21 })
    expect(core.mark() - before).toBeLessThanOrEqual(canvasBytes({ width: 33, height: 21 }))
    expect(shown(canvas).isOpaque).toBe(false)
    draw(
      canvas,
      0,
      0,
      painted(33, 21, () => 255),
      false,
    )
    expect(shown(canvas).isOpaque).toBe(true)
    draw(
      canvas,
      32,
      20,
      painted(1, 1, () => 254),
      true,
    )
    expect(shown(canvas).isOpaque).toBe(false)
  })
})
