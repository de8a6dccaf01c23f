import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { execute } from '../../src/image/execute.ts'
import { step, type FormatName, type Step } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import { openImageContext } from '../support/image-context.ts'

const LIMITS = { maxSteps: 20, maxPixels: 100_000_000, maxSide: 10_000 }

/** White, with a black rectangle in its middle: all that is left when it is trimmed. */
async function drawing(width: number, height: number, left: number, high: number, format: 'png' | 'jpeg' = 'png'): Promise<Buffer> {
  const rectangle = await sharp({ create: { width: left, height: high, channels: 3, background: '#000' } })
    .png()
    .toBuffer()
  const paper = sharp({ create: { width, height, channels: 3, background: '#fff' } })
  return paper
    .composite([{ input: rectangle }])
    .toFormat(format)
    .toBuffer()
}

async function run(file: Buffer, format: FormatName, ...steps: readonly Step[]) {
  const { context, release } = openImageContext()
  const execution = planExecution({ steps, output: { format, quality: 80 } }, file, LIMITS)
  const { body } = await execute(execution, file, [], context, (_phase, work) => Promise.resolve(work()))
  await release(true)
  return sharp(body).metadata()
}

const trim = step('trim', {})
const wide = (width: number): Step => step('resize', { width, fit: 'stretch' })

describe('a picture that lost its edges', () => {
  it.each(['png', 'jpeg', 'webp'] as const)('is scaled by what is left of it: %s', async (format) => {
    expect(await run(await drawing(300, 200, 50, 150), format, trim, wide(400))).toMatchObject({ width: 400, height: 1200 })
  })

  it('is refused when a side would pass the limit', async () => {
    const line = await drawing(500, 1000, 1, 900)
    await expect(run(line, 'png', trim, wide(400))).rejects.toMatchObject({ code: 'output_too_large', field: 'resize' })
    await expect(run(line, 'png', trim, step('negate', {}), wide(400))).rejects.toMatchObject({ code: 'output_too_large' })
  })

  it('is refused when it would take more memory than the plan has', async () => {
    const format = 'webp'
    const strip = await drawing(500, 1000, 90, 900)
    const steps = [trim, wide(900)]
    const { peakBytes } = planExecution({ steps, output: { format, quality: 80 } }, strip, LIMITS)
    expect(peakBytes).toBeLessThan(80_000_000)
    await expect(run(strip, format, ...steps)).rejects.toMatchObject({ code: 'output_too_large' })
  })

  it('is looked at anew by each step that looks, also when a plan names the same step twice', async () => {
    const framed = step('extend', { top: 30, left: 20, background: 'ff0000ff' })
    const file = await drawing(300, 200, 50, 150)
    expect(await run(file, 'png', trim, framed, trim)).toMatchObject({ width: 50, height: 150 })
  })

  it('is looked at so often that it ends: each look runs what stands before it once more', async () => {
    const file = await drawing(30, 20, 5, 15)
    const looks = (count: number) => Array.from({ length: count }, () => step('normalize', {}))
    expect(await run(file, 'png', ...looks(4))).toMatchObject({ width: 30, height: 20 })
    await expect(run(file, 'png', ...looks(5))).rejects.toMatchObject({ code: 'too_many_steps', field: 'normalize' })
  })

  it('takes nothing more when no step follows', async () => {
    const file = await drawing(300, 200, 50, 150)
    const peak = (...steps: Step[]) => planExecution({ steps, output: { format: 'png', quality: 80 } }, file, LIMITS).peakBytes
    expect(peak(wide(200), trim)).toBeLessThan(peak(trim, wide(200)) - 30_000_000)
  })
})
