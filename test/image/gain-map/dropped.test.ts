import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { type OperationName, step, type Step } from '../../../src/image/plan.ts'
import { SECOND_STAGES } from '../../../src/image/second/stages.ts'
import { planExecution } from '../../../src/image/planner.ts'
import { withoutMap } from '../../support/ultra-hdr/read.ts'
import { run } from '../../support/ultra-hdr/run.ts'
import { ultraHdr } from '../../support/ultra-hdr/write.ts'

/** One of each operation, and whether the map stays; `null`: the picture tells. */
const STEPS = {
  ascii: [step('ascii', {}), false],
  blur: [step('blur', { sigma: 1 }), false],
  brightness: [step('brightness', { level: 9 }), false],
  colorize: [step('colorize', { red: 9 }), false],
  composite: [step('composite', { path: '/layer.png' }), false],
  contrast: [step('contrast', { level: 9 }), false],
  convolve: [step('convolve', { kernel: [0, 0, 0, 0, 1, 0, 0, 0, 0], divisor: 1, offset: 0 }), false],
  cover: [step('cover', { width: 100, height: 100 }), true],
  crop: [step('crop', { width: 100, height: 100 }), true],
  enhance: [step('enhance', {}), false],
  extend: [step('extend', { top: 9 }), false],
  flatten: [step('flatten', {}), true],
  flip: [step('flip', { axis: 'vertical' }), true],
  gamma: [step('gamma', { exponent: 1.5 }), false],
  grayscale: [step('grayscale', {}), false],
  letterbox: [step('letterbox', { width: 100, height: 100 }), false],
  median: [step('median', { size: 3 }), false],
  modulate: [step('modulate', { saturation: 0.5 }), false],
  negate: [step('negate', {}), false],
  normalize: [step('normalize', {}), false],
  oilPaint: [step('oilPaint', {}), false],
  partialBlur: [step('partialBlur', { areas: [{ x: 1, y: 1, width: 20, height: 20 }] }), false],
  partialPixelate: [step('partialPixelate', { areas: [{ x: 1, y: 1, width: 20, height: 20 }] }), false],
  pixelate: [step('pixelate', { size: 4 }), false],
  recolour: [step('recolour', { matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1] }), false],
  resize: [step('resize', { width: 100 }), true],
  rotate: [step('rotate', { degrees: 20 }), false],
  roundCorners: [step('roundCorners', { radius: 9 }), false],
  selectiveBlur: [step('selectiveBlur', {}), false],
  redact: [step('redact', { areas: [{ x: 0, y: 0, width: 5, height: 5 }] }), false],
  sepia: [step('sepia', {}), false],
  shadow: [step('shadow', {}), false],
  sharpen: [step('sharpen', { sigma: 1 }), false],
  smartCrop: [step('smartCrop', { width: 100, height: 90 }), true],
  text: [step('text', { text: 'a' }), false],
  threshold: [step('threshold', {}), false],
  tint: [step('tint', { colour: 'ff0000ff' }), false],
  tornEdges: [step('tornEdges', {}), false],
  trim: [step('trim', {}), true],
  unletterbox: [step('unletterbox', {}), true],
  vignette: [step('vignette', {}), false],
  zoom: [step('zoom', { width: 100 }), true],
} as const satisfies Readonly<Record<OperationName, readonly [Step, boolean]>>

const countOf = (file: Uint8Array, text: string): number => Buffer.from(file).toString('latin1').split(text).length - 1

describe.each(Object.entries(STEPS))('%s', (op, [one, isKept]) => {
  it(
    isKept ? 'keeps the map beside the picture of a plain file' : 'drops the map, says so, and shows what a plain file shows',
    async () => {
      const file = await ultraHdr({ width: 240, height: 160 })
      const plain = await run(withoutMap(file), [one])
      const { body, gainMap } = await run(file, [one])
      expect([gainMap, plain.gainMap]).toEqual([isKept ? 'kept' : `dropped;by=${op}`, undefined])
      if (!isKept) expect(body).toEqual(plain.body)
      else expect(await sharp(body).raw().toBuffer()).toEqual(await sharp(plain.body).raw().toBuffer())
      expect(countOf(body, 'urn:iso:std:iso:ts:21496')).toBe(isKept ? 2 : 0)
    },
  )
})

describe('a map is dropped', () => {
  it.each(['png', 'webp'] as const)('in a %s, which is that of a plain file', async (format) => {
    const file = await ultraHdr()
    const { body, gainMap } = await run(file, [step('resize', { width: 100 })], { format })
    expect(gainMap).toBe('dropped;by=format')
    expect(body).toEqual((await run(withoutMap(file), [step('resize', { width: 100 })], { format })).body)
  })

  it('by the first of several steps', async () => {
    const steps = [step('resize', { width: 100 }), step('tint', { colour: 'ff0000ff' }), step('blur', { sigma: 1 })]
    expect((await run(await ultraHdr(), steps)).gainMap).toBe('dropped;by=tint')
  })

  it('by a step that turned out to be another, or nothing', async () => {
    const { body, gainMap } = await run(await ultraHdr(), [step('normalize', {})])
    expect([gainMap, countOf(body, 'hdrgm')]).toEqual(['dropped;by=normalize', 0])
  })

  it('by the second engine, which makes the same picture as of a plain file', async () => {
    const file = await ultraHdr()
    const { body, gainMap } = await run(file, [step('resize', { width: 100 })], {}, { stages: SECOND_STAGES })
    expect(gainMap).toBe('dropped;by=engine')
    expect(body).toEqual((await run(withoutMap(file), [step('resize', { width: 100 })], {}, { stages: SECOND_STAGES })).body)
  })

  it('where both together take more memory than a run may have', async () => {
    const file = await ultraHdr()
    const limits = { maxSteps: 8, maxPixels: 30_000_000, maxSide: 8000 }
    const plan = { steps: [step('resize', { width: 100 })], output: { format: 'source', quality: 80 } } as const
    const { peakBytes } = planExecution(plan, file, limits)
    expect((await run(file, plan.steps, {}, { limits: { ...limits, memoryBytes: peakBytes } })).gainMap).toBe('kept')
    expect((await run(file, plan.steps, {}, { limits: { ...limits, memoryBytes: peakBytes - 1 } })).gainMap).toBe('dropped;by=memory')
    const looks = [step('smartCrop', { width: 90, height: 90 }), step('resize', { width: 100 })]
    const { peakBytes: looking } = planExecution({ ...plan, steps: looks }, file, limits)
    expect((await run(file, looks, {}, { limits: { ...limits, memoryBytes: looking - 1 } })).gainMap).toBe('dropped;by=memory')
  })

  it.each(['copyright', 'keep'] as const)('and metadata=%s takes the rest of the XMP along', async (metadata) => {
    const file = await ultraHdr({ xmp: 'xmlns:cc="http://creativecommons.org/ns#" cc:license="https://example.org/l"' })
    const { body } = await run(file, [step('blur', { sigma: 1 })], { metadata })
    expect([countOf(body, 'https://example.org/l'), countOf(body, 'hdrgm:Version'), countOf(body, 'Container:')]).toEqual([1, 0, 0])
  })
})
