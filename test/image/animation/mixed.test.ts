import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { webpChunks } from '../../../src/image/engine/webp/container.ts'
import { execute } from '../../../src/image/execute.ts'
import { DEFAULT_OUTPUT } from '../../../src/image/plan.ts'
import { planExecution } from '../../../src/image/planner.ts'
import { openImageContext } from '../../support/image-context.ts'

const [WIDTH, HEIGHT] = [96, 64]
const LIMITS = { maxSteps: 10, maxPixels: 2 ** 22, maxSide: 10_000, memoryBytes: 60_000_000 }

type Colour = (x: number, y: number, frame: number) => readonly [number, number, number]
/** Squares of four colours that move. */
const drawn: Colour = (x, y, frame) =>
  (x + 3 * frame) % 32 < 16 === y % 32 < 16 ? [230, 40, 40] : y < 32 ? [20, 60, 200] : [250, 250, 240]
/** Waves with grain. */
const photographed: Colour = (x, y, frame) => {
  const grain = 14 * Math.sin(Math.sin(x * 12.9898 + y * 78.233 + frame) * 43_758.5453)
  return [128 + 90 * Math.sin((x + frame) / 15) + grain, 128 + 80 * Math.cos(y / 11) + grain, 100 + x / 2 + grain]
}

async function film(colours: readonly Colour[]): Promise<Uint8Array> {
  const frames = colours.map((colour, frame) => {
    const data = Uint8ClampedArray.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => {
      const at = Math.floor(i / 3)
      return colour(at % WIDTH, Math.floor(at / WIDTH), frame)[i % 3] ?? 0
    })
    return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
      .png()
      .toBuffer()
  })
  return new Uint8Array(
    await sharp(await Promise.all(frames), { join: { animated: true } })
      .webp({ lossless: true, delay: 50 })
      .toBuffer(),
  )
}

async function encode(file: Uint8Array): Promise<Uint8Array> {
  const { context } = openImageContext()
  const plan = { steps: [], output: { ...DEFAULT_OUTPUT, format: 'webp' } } as const
  return (await execute(planExecution(plan, file, LIMITS), file, [], context, async (_phase, work) => work())).body
}

/** How each frame is coded: `VP8 ` or `VP8L`. */
const kindsOf = (file: Uint8Array): readonly string[] =>
  [...webpChunks(file, 12, file.length)]
    .filter(({ kind }) => kind === 'ANMF')
    .map(({ start, end }) => [...webpChunks(file, start + 16, end)].find(({ kind }) => kind.startsWith('VP8'))?.kind ?? '')

const many = (colour: Colour, count = 10): readonly Colour[] => Array.from({ length: count }, () => colour)

describe('each frame of a lossy animation is coded as it is smaller', () => {
  it('without loss what is drawn', async () => {
    const source = await film(many(drawn))
    const file = await encode(source)
    expect(kindsOf(file)).toEqual(Array.from({ length: 10 }, () => 'VP8L'))
    const pixels = (one: Uint8Array): Promise<Buffer> => sharp(one, { animated: true }).removeAlpha().raw().toBuffer()
    expect(Buffer.compare(await pixels(file), await pixels(source))).toBe(0)
    expect(file.length).toBeLessThan((await sharp(source, { animated: true }).webp({ quality: 80 }).toBuffer()).length)
  })

  it('with loss what is photographed', async () => {
    expect(kindsOf(await encode(await film(many(photographed))))).toEqual(Array.from({ length: 10 }, () => 'VP8 '))
  })

  it('and each of both where a film changes', async () => {
    const kinds = kindsOf(await encode(await film([...many(drawn, 6), ...many(photographed, 6), ...many(drawn, 6)])))
    expect([kinds.slice(0, 6), kinds.at(11), kinds.at(-1)]).toEqual([Array.from({ length: 6 }, () => 'VP8L'), 'VP8 ', 'VP8L'])
  })
})
