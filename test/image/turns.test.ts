import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { execute } from '../../src/image/execute.ts'
import { compose, type Orientation } from '../../src/image/orientation.ts'
import { step, type FormatName, type Step } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import { applyStepsWith, decodeAs, encodeAs } from '../support/apply-steps.ts'
import { openImageContext } from '../support/image-context.ts'

const LIMITS = { maxSteps: 20, maxPixels: 100_000_000, maxSide: 12_000 }
const [WIDTH, HEIGHT] = [203, 149]

/** Of every direction something else, with edges, as a file of any format and orientation. */
function picture(format: 'jpeg' | 'png' | 'webp', orientation: Orientation): Promise<Buffer> {
  const data = Buffer.alloc(WIDTH * HEIGHT * 3)
  for (let i = 0; i < WIDTH * HEIGHT; i++) {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)]
    data.set([128 + 120 * Math.sin(x / 9 + y / 31), (x * 5) % 256, x > 90 === y > 40 ? 220 : 30], i * 3)
  }
  const stored = sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } }).withMetadata({ orientation })
  return stored.toFormat(format, { quality: 92 }).toBuffer()
}

async function run(file: Uint8Array, steps: readonly Step[], format: FormatName): Promise<Buffer> {
  const { context, release } = openImageContext()
  const execution = planExecution({ steps, output: { format, quality: 80 } }, file, LIMITS)
  const { body } = await execute(execution, file, [], context, (_phase, work) => Promise.resolve(work()))
  await release(true)
  return Buffer.from(body)
}

/** The plan's words, one after the other, on the whole picture; as PNG. */
async function stepwise(file: Uint8Array, source: FormatName, steps: readonly Step[]): Promise<Buffer> {
  const { context, release } = openImageContext()
  const first = planExecution({ steps: steps.slice(0, 1), output: { format: 'png', quality: 80 } }, file, LIMITS)
  const raster = await decodeAs(context, source, file, steps.length > 0 ? first.geometry : undefined)
  const body = await encodeAs(context, 'png', await applyStepsWith(context, raster, steps.slice(1)), {})
  await release(true)
  return Buffer.from(body)
}

/** Each symmetry in the words of a plan, with EXIF's number for it. */
const TURNS: readonly (readonly [Orientation, readonly Step[]])[] = [
  [2, [step('flip', { axis: 'horizontal' })]],
  [3, [step('rotate', { degrees: 180 })]],
  [3, [step('rotate', { degrees: -180 })]],
  [4, [step('flip', { axis: 'vertical' })]],
  [5, [step('rotate', { degrees: 90 }), step('flip', { axis: 'horizontal' })]],
  [6, [step('rotate', { degrees: 90 })]],
  [6, [step('rotate', { degrees: -270 })]],
  [7, [step('flip', { axis: 'horizontal' }), step('rotate', { degrees: 90 })]],
  [8, [step('rotate', { degrees: 270 })]],
  [1, [step('rotate', { degrees: 360 })]],
]
const FRAMES: readonly (readonly Step[])[] = [
  [],
  [step('resize', { width: 70 })],
  [step('crop', { x: 20, y: 31, width: 90, height: 77 }), step('cover', { width: 33, height: 41 })],
]

describe.each(['jpeg', 'png', 'webp'] as const)('a turn before everything else, of a %s', (format) => {
  const byFile = new Map<string, Promise<Buffer>>()
  /** What a frame makes of a file that says so: several turns are held to the same. */
  function expected(stored: Orientation, frame: readonly Step[], output: FormatName): Promise<Buffer> {
    const key = JSON.stringify([stored, frame, output])
    const result = byFile.get(key) ?? picture(format, stored).then((file) => run(file, frame, output))
    byFile.set(key, result)
    return result
  }

  it.each(TURNS)('is as if the file said so: orientation %i', async (turn, steps) => {
    for (const stored of [1, 6, 7] as const) {
      const plain = await picture(format, stored)
      for (const frame of FRAMES) {
        for (const output of ['png', 'jpeg'] as const)
          expect(
            (await run(plain, [...steps, ...frame], output)).equals(await expected(compose(stored, turn), frame, output)),
            `${stored} ${output}`,
          ).toBe(true)
      }
    }
  })
})

describe.each(['jpeg', 'png'] as const)('a turn behind the first scaling, of a %s', (format) => {
  it.each(TURNS)('gives the bytes that it gives as a step: orientation %i', async (_turn, steps) => {
    for (const stored of [1, 6] as const) {
      const file = await picture(format, stored)
      for (const scale of [step('resize', { width: 61 }), step('cover', { width: 40, height: 80 })])
        expect((await run(file, [scale, ...steps], 'png')).equals(await stepwise(file, format, [scale, ...steps])), scale.op).toBe(true)
    }
  })
})

/** A JPEG whose header says so large a picture. */
async function headerOf(width: number, height: number, orientation: Orientation): Promise<Uint8Array> {
  const file = await picture('jpeg', orientation)
  const sof = file.indexOf(Buffer.from([0xff, 0xc0]))
  file.writeUInt16BE(height, sof + 5)
  file.writeUInt16BE(width, sof + 7)
  return file
}

describe('photographs of 100 megapixels', () => {
  const flop = step('flip', { axis: 'horizontal' })
  it.each([
    ['mirrored by the plan', 1, [flop]],
    ['mirrored by the file', 2, []],
    ['turned upside down by the file, and back and mirrored by the plan', 4, [step('rotate', { degrees: 180 })]],
  ] as const)('that are %s take no more than others: JPEG to JPEG', async (_, orientation, steps) => {
    const planned = async (stored: Orientation, wish: readonly Step[]) =>
      planExecution({ steps: wish, output: { format: 'jpeg', quality: 80 } }, await headerOf(11_900, 8400, stored), LIMITS)
    const { peakBytes, isRecoded } = await planned(orientation, steps)
    expect(isRecoded).toBe(true)
    expect(peakBytes).toBeLessThan((await planned(1, [])).peakBytes + 1000)
  })
})

describe('photographs of 12 megapixels', () => {
  const BUDGET = 80_000_000
  const large = (format: 'jpeg' | 'png') =>
    sharp({ create: { width: 4000, height: 3000, channels: 3, background: '#4080c0' } })
      .toFormat(format)
      .toBuffer()

  it.each(['jpeg', 'png'] as const)('are turned and mirrored as thumbnails within the budget: %s', async (format) => {
    const file = await large(format)
    for (const [, steps] of TURNS) {
      for (const order of [
        [...steps, step('resize', { width: 400 })],
        [step('resize', { width: 400 }), ...steps],
      ]) {
        const { peakBytes, steps: left } = planExecution({ steps: order, output: { format: 'webp', quality: 80 } }, file, LIMITS)
        expect(left).toEqual([])
        expect(peakBytes).toBeLessThan(BUDGET / 4)
      }
    }
  })

  it('are turned at full size within the budget: JPEG to JPEG', async () => {
    const file = await large('jpeg')
    for (const [, steps] of TURNS)
      expect(planExecution({ steps, output: { format: 'jpeg', quality: 80 } }, file, LIMITS).peakBytes).toBeLessThan(BUDGET)
  })
})
