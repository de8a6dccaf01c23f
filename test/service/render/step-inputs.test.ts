import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { step, type Step, type TransformPlan } from '../../../src/image/plan.ts'
import { planExecution } from '../../../src/image/planner.ts'
import type { FileStore } from '../../../src/service/ports.ts'
import { fetchInputs } from '../../../src/service/render/step-inputs.ts'
import { openImageContext } from '../../support/image-context.ts'

const LIMITS = { maxSteps: 50, maxPixels: 1_000_000, maxSide: 2000, maxFileBytes: 100_000 }
const png = async (width: number, height: number): Promise<Uint8Array> =>
  new Uint8Array(
    await sharp({ create: { width, height, channels: 3, background: '#08f' } })
      .png()
      .toBuffer(),
  )

/** Files by path, and how often each was opened. */
function storeOf(contents: Readonly<Record<string, Uint8Array>>) {
  const opened: string[] = []
  const info = (path: string) => ({
    path,
    size: contents[path]?.length ?? 0,
    etag: path,
    lastModified: new Date(0),
    mime: '',
    originalFileName: null,
    metadata: {},
    tags: [],
  })
  const files = {
    head: async (_account: string, path: string) => (contents[path] ? info(path) : null),
    open: async (_account: string, path: string) => {
      opened.push(path)
      return { info: info(path), body: new Blob([contents[path] as Uint8Array<ArrayBuffer>]).stream() }
    },
  } as unknown as FileStore // the two methods that are used
  return { files, opened }
}

async function fetched(contents: Readonly<Record<string, Uint8Array>>, ...steps: Step[]) {
  const plan: TransformPlan = { steps: [step('grayscale', {}), ...steps], output: { format: 'png', quality: 80 } }
  const { files, opened } = storeOf(contents)
  return { ...(await fetchInputs(files, 'Emu1s1n', planExecution(plan, await png(100, 50), LIMITS), LIMITS)), opened }
}

describe('what steps draw', () => {
  it('is decoded in the size that the step wants', async () => {
    const layer = step('composite', { path: '/logo.png', width: { percent: 20, of: 'width' } })
    const { decode } = await fetched({ '/logo.png': await png(400, 200) }, layer)
    const { context, release } = openImageContext()
    const [nothing, drawn] = await decode(context)
    await release(true)
    expect(nothing).toEqual({ inputs: [], files: [] })
    expect(drawn?.inputs.map(({ width, height }) => [width, height])).toEqual([[20, 10]])
  })

  it('is fetched once a path, raw files as they are', async () => {
    const text = step('text', { text: 'x', font: { path: '/own.ttf' } })
    const layer = step('composite', { path: '/logo.png' })
    const { opened, decode } = await fetched(
      { '/logo.png': await png(4, 4), '/own.ttf': new Uint8Array([1, 2, 3]) },
      layer,
      text,
      layer,
      text,
    )
    expect(opened).toEqual(['/logo.png', '/own.ttf'])
    const { context, release } = openImageContext()
    expect((await decode(context)).map(({ files }) => files.length)).toEqual([0, 0, 1, 0, 1])
    await release(true)
  })

  it('counts: files, rasters, and what a step makes of them', async () => {
    const logo = await png(300, 300)
    const flat = await fetched({ '/logo.png': logo }, step('composite', { path: '/logo.png' }))
    const turned = await fetched({ '/logo.png': logo }, step('composite', { path: '/logo.png', rotate: 45 }))
    expect(flat.peakBytes).toBeGreaterThan(logo.length + 300 * 300 * 4)
    expect(turned.peakBytes - flat.peakBytes).toBe(425 * 425 * 4)
  })

  it('is refused by its numbers before it is decoded', async () => {
    const layer = step('composite', { path: '/logo.png' })
    await expect(fetched({}, layer)).rejects.toMatchObject({ code: 'file_not_found', field: '/logo.png' })
    await expect(fetched({ '/logo.png': await png(1500, 700) }, layer)).rejects.toMatchObject({ code: 'too_many_pixels' })
    await expect(fetched({ '/logo.png': await png(4, 4) }, step('composite', { path: '/logo.png', width: 5000 }))).rejects.toMatchObject({
      code: 'output_too_large',
    })
    await expect(fetched({ '/logo.png': new Uint8Array(50) }, layer)).rejects.toMatchObject({ code: 'unsupported_format' })
    // All files of a plan together may be as large as one source.
    const half = new Uint8Array(60_000)
    const texts = ['/a.ttf', '/b.ttf'].map((path) => step('text', { text: 'x', font: { path } }))
    await expect(fetched({ '/a.ttf': half, '/b.ttf': half }, ...texts)).rejects.toMatchObject({ code: 'file_too_large' })
  })
})
