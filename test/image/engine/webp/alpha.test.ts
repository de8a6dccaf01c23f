import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { type Core, createCore } from '../../../../src/image/engine/core.ts'
import { webpChunks } from '../../../../src/image/engine/webp/container.ts'
import { type AlphaExports, alphaRows, alphaRowsBytes } from '../../../../src/image/engine/webp/lossless/alpha.ts'
import type { Shape } from '../../../../src/image/raster.ts'
import { coreModule } from '../../../support/core-module.ts'
import { extended, pixelChunks, webpFile } from '../../codecs/webp-file.ts'
import { painted, PAINTS } from './pictures.ts'

let module: WebAssembly.Module

beforeAll(async () => {
  module = await coreModule()
})

function alphaOf(file: Uint8Array, { width, height }: Shape): { readonly plane: Buffer; readonly coreBytes: number } {
  const core: Core<AlphaExports> = createCore(module)
  const chunk = [...webpChunks(file, 12, file.length)].find(({ kind }) => kind === 'ALPH')
  if (!chunk) throw new Error('no ALPH')
  const plane = Buffer.alloc(width * height)
  let at = 0
  for (const { ptr, stride, rows } of alphaRows(core, file, chunk, { width, height })) {
    for (let row = 0; row < rows; row++, at += width) plane.set(core.bytes().subarray(ptr + row * stride, ptr + row * stride + width), at)
  }
  expect(at).toBe(plane.length)
  return { plane, coreBytes: core.size() }
}

/** The same file with another alpha. */
const withAlpha = (file: Uint8Array, shape: Shape, payload: Uint8Array): Uint8Array =>
  webpFile(
    extended(shape.width, shape.height, { alpha: true }),
    { kind: 'ALPH', payload },
    ...pixelChunks(file).filter(({ kind }) => kind === 'VP8 '),
  )

const lossy = ({ width, height }: Shape, alpha: Uint8Array | Uint8ClampedArray): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: 'teal' } })
    .joinChannel(Buffer.from(alpha), { raw: { width, height, channels: 1 } })
    .webp({ quality: 10, effort: 0 })
    .toBuffer()

const sharpsAlpha = (file: Uint8Array): Promise<Buffer> => sharp(file).extractChannel(3).raw().toBuffer()
const planeOf = (width: number, height: number, name: string): Uint8Array =>
  Uint8Array.from(painted(width, height, PAINTS[name] ?? (() => 0)).data.filter((_, i) => i % 4 === 1))

describe('planes are those of libwebp', () => {
  it.each(['noise', 'gradient', 'stripes', '2 colours', '4 colours', '16 colours', '17 colours'])('compressed: %s', async (name) => {
    for (const [width, height] of [
      [1, 1],
      [3, 70],
      [16, 17],
      [70, 33],
    ] as const) {
      const shape = { width, height }
      const file = await lossy(shape, planeOf(width, height, name))
      if (!pixelChunks(file).some(({ kind }) => kind === 'ALPH')) continue // opaque by chance
      expect(alphaOf(file, shape).plane.equals(await sharpsAlpha(file)), `${width}×${height}`).toBe(true)
    }
  })

  it.each([0, 1, 2, 3])('raw, filter %i, with and without reduced levels', async (filter) => {
    for (const [width, height] of [
      [1, 5],
      [17, 40],
      [64, 16],
    ] as const) {
      const shape = { width, height }
      const file = await lossy(shape, planeOf(width, height, 'gradient'))
      for (const reduced of [0, 16]) {
        const made = withAlpha(file, shape, Uint8Array.of((filter << 2) | reduced, ...planeOf(width, height, 'noise')))
        expect(alphaOf(made, shape).plane.equals(await sharpsAlpha(made)), `${width}×${height}`).toBe(true)
      }
    }
  })

  it.each([1, 2, 3])('compressed, filter %i', async (filter) => {
    const shape = { width: 37, height: 45 }
    const file = await lossy(shape, planeOf(37, 45, 'noise'))
    const [stored] = pixelChunks(file).flatMap(({ kind, payload }) => (kind === 'ALPH' ? [payload] : []))
    const made = withAlpha(file, shape, Uint8Array.of(((stored?.[0] ?? 0) & ~12) | (filter << 2), ...(stored?.subarray(1) ?? [])))
    expect(alphaOf(made, shape).plane.equals(await sharpsAlpha(made))).toBe(true)
  })
})

it('takes the memory that was said', async () => {
  const shape = { width: 2000, height: 1300 }
  const file = await lossy(shape, painted(1000, 650, PAINTS['noise'] ?? (() => 0)).data)
  const { coreBytes } = alphaOf(file, shape)
  expect(coreBytes).toBeLessThanOrEqual(createCore(module).size() + alphaRowsBytes(shape, file.length))
})

it('damage is an error', async () => {
  const shape = { width: 20, height: 10 }
  const file = await lossy(shape, planeOf(20, 10, 'noise'))
  const codeOf = (payload: Uint8Array): string => {
    try {
      alphaOf(withAlpha(file, shape, payload), shape)
      return 'none'
    } catch (error) {
      if (error instanceof AppError) return error.code
      throw error
    }
  }
  const compressed = pixelChunks(file).find(({ kind }) => kind === 'ALPH')?.payload ?? new Uint8Array()
  const raw = Uint8Array.of(0, ...new Uint8Array(200))
  expect([compressed, raw].map(codeOf)).toEqual(['none', 'none'])
  const broken = [new Uint8Array(), raw.subarray(0, 200), ...[2, 3, 0x20, 0x80].map((bits) => Uint8Array.of(bits, ...raw.subarray(1)))]
  expect(broken.map(codeOf)).toEqual(broken.map(() => 'invalid_image'))
  for (let length = 1; length < compressed.length - 1; length += 7) expect(codeOf(compressed.subarray(0, length))).toBe('invalid_image')
})
