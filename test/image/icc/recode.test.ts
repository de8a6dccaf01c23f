import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { execute } from '../../../src/image/execute.ts'
import { BT2020_PRIMARIES, P3_PRIMARIES } from '../../../src/image/icc/primaries.ts'
import { step, type Step } from '../../../src/image/plan.ts'
import { planExecution } from '../../../src/image/planner.ts'
import { syntheticPicture } from '../../expectations/picture.ts'
import { psnr } from '../../support/icc/decoded.ts'
import { jpegWithProfile } from '../../support/icc/embed.ts'
import { matrixProfile, SRGB_CURVE, tableProfile, tablesTag, type Device } from '../../support/icc/profile.ts'
import { openImageContext } from '../../support/image-context.ts'

// A JPEG that becomes a smaller JPEG goes from planes to planes: its colours are converted on the way, at the size of the result.

const LIMITS = { maxSteps: 8, maxPixels: 10_000_000, maxSide: 4000 }
const PROFILES = {
  'Display P3': matrixProfile(P3_PRIMARIES, SRGB_CURVE),
  'Rec. 2020': matrixProfile(BT2020_PRIMARIES, SRGB_CURVE),
  'a table': ((): Uint8Array => {
    const device: Device = (levels) => levels.map((level) => level ** 2.2)
    const shape = { colourSpace: 'RGB ', pcs: 'XYZ ', points: 17, device } as const
    return tableProfile(shape, { A2B0: tablesTag(shape, 2) }, 2)
  })(),
}

let photo: Uint8Array
beforeAll(async () => {
  const { width, height, data } = syntheticPicture(403, 301, 'opaque')
  const soft = sharp(Buffer.from(data), { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .blur(2)
  photo = new Uint8Array(await soft.jpeg({ quality: 95 }).toBuffer())
})

async function run(file: Uint8Array, steps: readonly Step[]): Promise<Buffer> {
  const { context, release } = openImageContext()
  const plan = planExecution({ steps, output: { format: 'jpeg', quality: 95 } }, file, LIMITS)
  const inputs = steps.map(() => ({ inputs: [], files: [] }))
  const { body } = await execute(plan, file, inputs, context, (_phase, work) => Promise.resolve(work()))
  await release(true)
  return Buffer.from(body)
}
const pixels = (file: Uint8Array): Promise<Buffer> => sharp(file).toColourspace('srgb').removeAlpha().raw().toBuffer()
/** Changes nothing, and keeps the plan from going plane by plane. */
const onPixels = step('gamma', { exponent: 1 })

describe.each(Object.entries(PROFILES))('with %s', (_, icc) => {
  it.each([
    ['at full size', []],
    ['smaller', [step('resize', { width: 151 })]],
    ['with even sides', [step('resize', { width: 200, height: 160, fit: 'stretch' })]],
    ['a part', [step('crop', { x: 33, y: 21, width: 99, height: 77 })]],
    ['mirrored', [step('flip', { axis: 'horizontal' }), step('resize', { width: 150 })]],
    ['turned', [step('rotate', { degrees: 90 }), step('resize', { width: 101 })]],
    ['of one pixel', [step('resize', { width: 1, height: 1, fit: 'stretch' })]],
    ['of one column', [step('resize', { width: 1, height: 33, fit: 'stretch' })]],
  ] as const)('%s it is what the pixels become', async (_name, steps) => {
    const file = jpegWithProfile(photo, icc)
    const [planes, own] = [await run(file, steps), await run(file, [...steps, onPixels])]
    expect(Buffer.compare(planes, own)).not.toBe(0)
    // In a result of some pixels every rounding counts.
    expect(psnr(await pixels(planes), await pixels(own))).toBeGreaterThan(planes.length < 1000 ? 30 : 38)
    const plain = await run(photo, steps)
    expect(psnr(await pixels(planes), await pixels(plain))).toBeLessThan(psnr(await pixels(planes), await pixels(own)) - 3)
  })

  it('as sharp has it', async () => {
    const file = jpegWithProfile(photo, icc)
    const theirs = await sharp(file).resize(200).toColourspace('srgb').removeAlpha().raw().toBuffer()
    expect(psnr(await pixels(await run(file, [step('resize', { width: 200 })])), theirs)).toBeGreaterThan(33)
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('of orientation %i', async (orientation) => {
    const turned = new Uint8Array(await sharp(photo, { ignoreIcc: true }).withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer())
    const file = jpegWithProfile(turned, icc)
    const steps = [step('resize', { width: 120 })]
    expect(psnr(await pixels(await run(file, steps)), await pixels(await run(file, [...steps, onPixels])))).toBeGreaterThan(36)
  })
})

it('grays stay gray', async () => {
  const gray = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#777777' } })
    .jpeg({ quality: 95 })
    .toBuffer()
  const data = await pixels(await run(jpegWithProfile(new Uint8Array(gray), PROFILES['Display P3']), [step('resize', { width: 31 })]))
  for (let i = 0; i < data.length; i += 3)
    expect(Math.max(...data.subarray(i, i + 3)) - Math.min(...data.subarray(i, i + 3))).toBeLessThanOrEqual(1)
})
