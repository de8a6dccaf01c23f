import { describe, expect, it } from 'vitest'
import { step, type Step } from '../../../src/image/plan.ts'
import { readUltraHdr } from '../../support/ultra-hdr/read.ts'
import { run } from '../../support/ultra-hdr/run.ts'
import { ultraHdr } from '../../support/ultra-hdr/write.ts'
import { readJpeg } from '../engine/jpeg/coefficient-reader.ts'

const DEMANDED = { quality: 100, lossless: true, onlyLossless: true, colours: 'keep' } as const
const PLANS: Readonly<Record<string, readonly Step[]>> = {
  'as it is': [],
  'from left to right': [step('flip', { axis: 'horizontal' })],
  'by 90 degrees': [step('rotate', { degrees: 90 })],
  'cut where both have edges of blocks': [step('crop', { x: 64, y: 32, width: 320, height: 256 })],
}

const blocksOf = (file: Uint8Array) => readJpeg(new Uint8Array(file)).components.map(({ blocks }) => blocks)

describe('a gain map goes the way of its picture without loss', () => {
  it.each(Object.entries(PLANS))('%s', async (_name, steps) => {
    for (const channels of [1, 3] as const) {
      const file = await ultraHdr({ width: 512, height: 320, channels })
      const { body, gainMap, isLossless } = await run(file, steps, DEMANDED)
      expect([gainMap, isLossless]).toEqual(['kept', true])
      const [before, after] = [readUltraHdr(file), readUltraHdr(body)]
      expect([after.mapXmp, after.mapIso]).toEqual([before.mapXmp, before.mapIso])
      // What is cut or turned alone has the same coefficients.
      const quarters = steps.map((one) => (one.op === 'crop' ? step('crop', { x: 16, y: 8, width: 80, height: 64 }) : one))
      const alone = await run(new Uint8Array(before.map), quarters, DEMANDED)
      expect(blocksOf(after.map)).toEqual(blocksOf(alone.body))
      expect(blocksOf(after.primary)).toEqual(blocksOf((await run(new Uint8Array(before.primary), steps, DEMANDED)).body))
    }
  })

  it('or the demand is refused, and by itself pixels are made, where the map has no edge of a block', async () => {
    const file = await ultraHdr({ width: 512, height: 320 })
    const steps = [step('crop', { x: 16, y: 16, width: 320, height: 256 })]
    await expect(run(file, steps, DEMANDED)).rejects.toMatchObject({
      code: 'not_lossless',
      reason: expect.stringMatching(/^The gain map/) as string,
    })
    const { gainMap, isLossless } = await run(file, steps, { keepsCoding: true })
    expect([gainMap, isLossless]).toEqual(['kept', undefined])
  })
})
