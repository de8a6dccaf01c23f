import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { step, type Step, type TransformPlan } from '../../../src/image/plan.ts'
import { planExecution } from '../../../src/image/planner.ts'
import type { ImageContext } from '../../../src/image/context.ts'
import { findInputs } from '../../../src/service/render/plan-inputs.ts'
import { planInputImages } from '../../../src/service/render/step-inputs.ts'
import { openImageContext } from '../../support/image-context.ts'

const LIMITS = { maxSteps: 50, maxPixels: 1_000_000, maxSide: 2000, maxFileBytes: 100_000 }
const png = async (width: number, height: number): Promise<Uint8Array> =>
  new Uint8Array(
    await sharp({ create: { width, height, channels: 3, background: '#08f' } })
      .png()
      .toBuffer(),
  )

/** Finds the files of a plan as the service does, and plans what its steps draw. */
async function planned(contents: Readonly<Record<string, Uint8Array>>, ...steps: Step[]) {
  const plan: TransformPlan = { steps: [step('grayscale', {}), ...steps], output: { format: 'png', quality: 80 } }
  const looked: string[] = []
  const find = async (_account: string, path: string) => {
    looked.push(path)
    const file = contents[path]
    return file ? { path, size: file.length, etag: path } : null
  }
  const inputs = await findInputs(find, 'Emu1s1n', plan, LIMITS)
  const read = async (path: string) => contents[path] as Uint8Array // found above
  const drawn = await planInputImages(planExecution(plan, await png(100, 50), LIMITS), read, LIMITS)
  return { ...drawn, inputs, looked, decodeAll: (context: ImageContext) => drawn.decode(context, read, async (_phase, work) => work()) }
}

describe('what steps draw', () => {
  it('is decoded in the size that the step wants', async () => {
    const layer = step('composite', { path: '/logo.png', width: { percent: 20, of: 'width' } })
    const { decodeAll } = await planned({ '/logo.png': await png(400, 200) }, layer)
    const { context, release } = openImageContext()
    const [nothing, drawn] = await decodeAll(context)
    await release(true)
    expect(nothing).toEqual({ inputs: [], files: [] })
    expect(drawn?.inputs.map(({ width, height }) => [width, height])).toEqual([[20, 10]])
  })

  it('is looked up once a path, raw files as they are', async () => {
    const text = step('text', { text: 'x', font: { path: '/own.ttf' } })
    const layer = step('composite', { path: '/logo.png' })
    const { looked, inputs, decodeAll } = await planned(
      { '/logo.png': await png(4, 4), '/own.ttf': new Uint8Array([1, 2, 3]) },
      layer,
      text,
      layer,
      text,
    )
    expect(looked).toEqual(['/logo.png', '/own.ttf'])
    expect(inputs.map(({ path }) => path)).toEqual(looked)
    const { context, release } = openImageContext()
    expect((await decodeAll(context)).map(({ files }) => files.length)).toEqual([0, 0, 1, 0, 1])
    await release(true)
  })

  it('counts: rasters, and what a step makes of them', async () => {
    const logo = await png(300, 300)
    const flat = await planned({ '/logo.png': logo }, step('composite', { path: '/logo.png' }))
    const turned = await planned({ '/logo.png': logo }, step('composite', { path: '/logo.png', rotate: 45 }))
    expect(flat.rasterBytes).toBeGreaterThan(300 * 300 * 4)
    expect(turned.rasterBytes - flat.rasterBytes).toBe(425 * 425 * 4)
  })

  it('is refused by its numbers before it is decoded', async () => {
    const layer = step('composite', { path: '/logo.png' })
    await expect(planned({}, layer)).rejects.toMatchObject({ code: 'file_not_found', field: '/logo.png' })
    await expect(planned({ '/logo.png': await png(1500, 700) }, layer)).rejects.toMatchObject({ code: 'too_many_pixels' })
    await expect(planned({ '/logo.png': await png(4, 4) }, step('composite', { path: '/logo.png', width: 5000 }))).rejects.toMatchObject({
      code: 'output_too_large',
    })
    await expect(planned({ '/logo.png': new Uint8Array(50) }, layer)).rejects.toMatchObject({ code: 'unsupported_format' })
    // All files of a plan together may be as large as one source.
    const half = new Uint8Array(60_000)
    const texts = ['/a.ttf', '/b.ttf'].map((path) => step('text', { text: 'x', font: { path } }))
    await expect(planned({ '/a.ttf': half, '/b.ttf': half }, ...texts)).rejects.toMatchObject({ code: 'file_too_large' })
  })
  it('is not even looked up when the plan has too many steps, and never more than a few at a time', async () => {
    const layers = Array.from({ length: 20 }, (_, i) => step('composite', { path: `/${i}.png` }))
    const plan = (steps: readonly Step[]): TransformPlan => ({ steps, output: { format: 'png', quality: 80 } })
    let [underWay, most, looked] = [0, 0, 0]
    const find = async (_account: string, path: string) => {
      looked++
      most = Math.max(most, ++underWay)
      await new Promise((done) => setImmediate(done))
      underWay--
      return { path, size: 1, etag: 'e' }
    }
    const many = plan([...layers, ...layers, ...layers])
    await expect(findInputs(find, 'a', many, { ...LIMITS, maxSteps: 59 })).rejects.toMatchObject({ code: 'too_many_steps' })
    expect(looked).toBe(0)
    expect(await findInputs(find, 'a', many, { ...LIMITS, maxSteps: 60 })).toHaveLength(20)
    expect([looked, most]).toEqual([20, 4])
  })
})
