import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { autoFormat } from '../../src/http/picture.ts'
import { AUTO_FORMATS, canonical, type TransformPlan } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import { animated, photo } from '../support/pictures.ts'

const LIMITS = { maxSteps: 8, maxPixels: 1e8, maxSide: 10_000, memoryBytes: 80_000_000 }
const plan = (format: TransformPlan['output']['format'], rest: Partial<TransformPlan> = {}): TransformPlan => ({
  steps: [],
  ...rest,
  output: { format, quality: 80, ...rest.output },
})

const SOURCES: Readonly<Record<string, () => Promise<Uint8Array>>> = {
  photograph: () => photo(),
  'photograph in PNG': () => photo({ format: 'png' }),
  'photograph in WebP': () => photo({ format: 'webp' }),
  'photograph of six megapixels': async () =>
    new Uint8Array(
      await sharp({ create: { width: 3000, height: 2000, channels: 3, background: '#369' } })
        .jpeg()
        .toBuffer(),
    ),
  'flat PNG': async () =>
    new Uint8Array(
      await sharp(await photo())
        .png({ palette: true, colours: 16 })
        .toBuffer(),
    ),
  'transparent PNG': async () =>
    new Uint8Array(
      await sharp(await photo())
        .ensureAlpha(0.5)
        .png()
        .toBuffer(),
    ),
  'animated GIF': () => animated('gif'),
}

describe('a format that is left to picture and client', () => {
  it.each<[string, string, string, string]>([
    // what shows AVIF, what WebP, what neither
    ['photograph', 'avif', 'webp', 'jpeg'],
    ['photograph in PNG', 'avif', 'webp', 'png'],
    ['photograph in WebP', 'avif', 'webp', 'jpeg'],
    ['photograph of six megapixels', 'webp', 'webp', 'jpeg'],
    ['flat PNG', 'webp lossless', 'webp lossless', 'png'],
    ['transparent PNG', 'avif', 'webp', 'png'],
  ])('%s: %s, %s, %s', async (source, ...formats) => {
    const file = (await SOURCES[source]?.()) ?? new Uint8Array()
    const chosen = AUTO_FORMATS.map((format) => {
      const { output } = planExecution(plan(format), file, LIMITS)
      return `${output.format}${(output.options as { lossless?: true }).lossless ? ' lossless' : ''}`
    })
    expect(chosen).toEqual(formats)
  })

  it('an animation goes to a format that has them, unless one picture is wished for', async () => {
    const file = await animated('gif')
    const formatOf = (wish: TransformPlan): string => planExecution(wish, file, LIMITS).output.format
    expect(formatOf(plan('auto-avif'))).toBe('webp')
    expect(formatOf(plan('auto-webp'))).toBe('webp')
    const still = plan('auto-avif', { output: { format: 'auto-avif', quality: 80, still: true } })
    expect(planExecution(still, file, LIMITS).output).toMatchObject({ format: 'webp', options: { lossless: true } })
  })

  it('is never AVIF where that is not written, or every pixel is to be kept', async () => {
    const file = await photo()
    expect(planExecution(plan('auto-avif'), file, { ...LIMITS, onRenderers: false }).output.format).toBe('webp')
    const lossless = plan('auto-avif', { output: { format: 'auto-avif', quality: 80, lossless: true } })
    expect(planExecution(lossless, file, LIMITS).output.format).toBe('webp')
  })

  it('gives way to the next when it takes longer than the plan allows, and says so', async () => {
    const file = await photo()
    const within = (withinMs: number) =>
      planExecution(plan('auto-avif', { output: { format: 'auto-avif', quality: 80, withinMs } }), file, LIMITS)
    const { estimatedMs } = planExecution(plan('auto-avif'), file, LIMITS)
    expect([within(estimatedMs).output.format, within(estimatedMs).later]).toEqual(['avif', undefined])
    expect([within(estimatedMs - 0.1).output.format, within(estimatedMs - 0.1).later]).toEqual(['webp', 'avif'])
  })

  it('is one of three wishes, whatever the header', () => {
    expect(
      [
        'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8',
        'text/html, Image/AVIF;q=0.5',
        'image/avif;q=0, image/webp',
        'image/webp,*/*',
        'image/webp;q=0.0',
        '*/*',
        'image/*',
        'image/avifx',
        '',
        undefined,
      ].map(autoFormat),
    ).toEqual(['auto-avif', 'auto-avif', 'auto-webp', 'auto-webp', 'auto', 'auto', 'auto', 'auto', 'auto', 'auto'])
    expect(new Set(AUTO_FORMATS.map((format) => canonical(plan(format)))).size).toBe(3)
  })
})
