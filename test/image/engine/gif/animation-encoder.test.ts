import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { gifFrames, readScreen } from '../../../../src/image/engine/gif/blocks.ts'
import { photo } from '../../../support/pictures.ts'
import { encodeFilm as encode, type Film, rectangles as shapes } from './films.ts'

/** The pages as libvips composes them. */
async function pagesOf(file: Uint8Array): Promise<readonly Uint32Array[]> {
  const { data, info } = await sharp(file, { animated: true }).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length / 4)
  const height = info.pageHeight ?? info.height
  const pixels = info.width * height
  return Array.from({ length: words.length / pixels }, (_, i) => words.slice(i * pixels, (i + 1) * pixels))
}

const framesOf = (file: Uint8Array) => [...gifFrames(file, readScreen(file))]

async function expectExact(film: Film): Promise<void> {
  const pages = await pagesOf(await encode(film))
  expect(pages.length).toBe(film.frames.length)
  for (const [i, frame] of film.frames.entries())
    expect(Buffer.compare(Buffer.from(pages[i]!.buffer), Buffer.from(frame.buffer)), `frame ${i}`).toBe(0)
}

describe('frames of few colours come back as they were', () => {
  it.each(Array.from({ length: 30 }, (_, seed) => seed))('opaque, film %i', (seed) => expectExact(shapes(seed, false)))
  it.each(Array.from({ length: 60 }, (_, seed) => seed))('with holes, film %i', (seed) => expectExact(shapes(seed, true)))

  it('with 256 colours in the first frame, and others in the next', async () => {
    const of = (base: number) => Uint32Array.from({ length: 400 }, (_, i) => (0xff000000 | (base + (i % 256))) >>> 0)
    await expectExact({ width: 20, height: 20, frames: [of(0), of(0x1000), of(0)] })
  })

  it('when a frame is transparent everywhere', async () => {
    const full = new Uint32Array(30).fill(0xff123456)
    await expectExact({ width: 6, height: 5, frames: [full, new Uint32Array(30), full, new Uint32Array(30), new Uint32Array(30)] })
  })
})

describe('what a frame writes', () => {
  const ground = new Uint32Array(40 * 30).fill(0xff204060)
  const dotted = ground.slice()
  dotted[12 * 40 + 7] = 0xff0000ff
  dotted[14 * 40 + 9] = 0xff0000ff

  it('is the rectangle that changes, and a pixel when nothing does', async () => {
    const frames = framesOf(await encode({ width: 40, height: 30, frames: [ground, dotted, dotted, ground] }))
    expect(frames.map(({ x, y, width, height }) => [x, y, width, height])).toEqual([
      [0, 0, 40, 30],
      [7, 12, 3, 3],
      [0, 0, 1, 1],
      [7, 12, 3, 3],
    ])
  })

  it('has the first frame’s colours where they are all there', async () => {
    const [first, second, third, fourth] = framesOf(
      await encode({ width: 40, height: 30, frames: [dotted, ground, dotted, ground.map((word) => word + 1)] }),
    )
    expect([second?.table, third?.table]).toEqual([first?.table, first?.table])
    expect(fourth?.table).not.toEqual(first?.table)
  })

  it('is cleared after its time where the next one has holes', async () => {
    const holed = ground.slice()
    holed[45] = 0
    const frames = framesOf(await encode({ width: 40, height: 30, frames: [ground, dotted, holed, holed] }))
    expect(frames.map(({ disposal }) => disposal)).toEqual(['keep', 'clear', 'keep', 'keep'])
  })
})

describe('times', () => {
  const film = (count: number): Film => ({
    width: 2,
    height: 1,
    frames: Array.from({ length: count }, (_, i) => Uint32Array.of(0xff000000, 0xff000000 + i)),
  })

  it('are hundredths whose sum does not drift', async () => {
    const file = await encode(
      film(90),
      Array.from({ length: 90 }, () => 1000 / 30),
    )
    const delays = framesOf(file).map(({ delay }) => delay)
    expect(new Set(delays)).toEqual(new Set([3, 4]))
    expect(delays.reduce((sum, delay) => sum + delay, 0)).toBe(300)
  })

  it.each([0, 1, 2, 7, 65_536])('plays %i', async (plays) => {
    const { loop } = await sharp(await encode(film(2), [], plays)).metadata()
    // libvips has the extension's own number, less one than the plays; it is absent when it plays once.
    if (plays !== 1) expect(loop).toBe(plays)
    else expect(loop ?? 1).toBe(1)
  })
})

it('photographs that move keep their colours', async () => {
  const [width, height] = [96, 64]
  const { data } = await sharp(await photo({ width: 120, height: 80, quality: 95 }))
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const source = new Uint32Array(Uint8Array.from(data).buffer)
  const frames = [0, 5, 9].map((shift) => {
    const frame = new Uint32Array(width * height)
    for (let y = 0; y < height; y++) frame.set(source.subarray((y + shift) * 120 + shift, (y + shift) * 120 + shift + width), y * width)
    return frame
  })
  const pages = await pagesOf(await encode({ width, height, frames }))
  for (const [i, page] of pages.entries()) {
    const [a, b] = [new Uint8Array(page.buffer), new Uint8Array(frames[i]!.buffer)]
    const sum = a.reduce((so, level, at) => so + (level - b[at]!) ** 2, 0)
    expect(10 * Math.log10((255 ** 2 * a.length * 0.75) / sum)).toBeGreaterThan(36)
  }
})

it('a part of a photograph that moves a little has the first frame’s colours; what is new has its own', async () => {
  const [width, height] = [96, 64]
  const data = await sharp(await photo({ width, height, quality: 95 }))
    .ensureAlpha()
    .raw()
    .toBuffer()
  const first = new Uint32Array(Uint8Array.from(data).buffer)
  const moved = first.slice()
  for (let y = 20; y < 40; y++) moved.copyWithin(y * width + 20, y * width + 21, y * width + 60)
  const strange = first.map((word, i) => (i % width < 30 ? (0xff0000ff | ((i % 250) << 8)) >>> 0 : word))
  const [own, near, far] = framesOf(await encode({ width, height, frames: [first, moved, strange] }))
  expect(near?.table).toEqual(own?.table)
  expect(far?.table).not.toEqual(own?.table)
})
