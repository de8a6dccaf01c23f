import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { step, type TransformPlan } from '../../../src/image/plan.ts'
import type { FileStore, OpenFile } from '../../../src/service/ports.ts'
import type { MemoryWish } from '../../../src/service/render/memory-budget.ts'
import { createRunPlan } from '../../../src/service/render/run-plan.ts'
import { createRunShared } from '../../../src/service/render/run-shared.ts'
import { createTimings } from '../../../src/service/render/timings.ts'
import { runDeps } from '../../support/run-deps.ts'

/** Noise does not compress: the file is about as large as its pixels. */
const noise = (width: number, height: number, seed: number): Promise<Buffer> => {
  const data = Buffer.alloc(width * height * 3)
  let state = seed
  for (let i = 0; i < data.length; i++) data[i] = (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 24
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 0 })
    .toBuffer()
}

/** A store of these files that counts how often each is read. */
function storeOf(contents: Readonly<Record<string, Buffer>>, etag = 'v1') {
  const readings = new Map<string, number>()
  const files: Pick<FileStore, 'open'> = {
    async open(_account, path) {
      const file = contents[path]
      if (!file) return null
      readings.set(path, (readings.get(path) ?? 0) + 1)
      const body = new Blob([new Uint8Array(file)]).stream() as ReadableStream<Uint8Array>
      return { info: { path, size: file.length, etag }, body } as unknown as OpenFile // nothing else of it is read
    },
  }
  const source = (path: string) => ({ path, size: contents[path]?.length ?? 0, etag: 'v1' })
  return { files: files as FileStore, readings, source }
}

const resize = (width: number): TransformPlan => ({ steps: [step('resize', { width })], output: { format: 'png', quality: 80 } })
const timings = () => createTimings({ now: () => performance.now() })

/** Leased bytes at their highest. */
function watch(budget: ReturnType<typeof runDeps>['budget']) {
  let peak = 0
  const timer = setInterval(() => (peak = Math.max(peak, budget.usage().bytes)), 1)
  const wishes: MemoryWish[] = []
  const acquire: typeof budget.acquire = async (wish, ticket) => {
    wishes.push(wish)
    const lease = await budget.acquire(wish, ticket)
    peak = Math.max(peak, budget.usage().bytes)
    return lease
  }
  return { budget: { ...budget, acquire }, wishes, end: () => (clearInterval(timer), peak) }
}

describe('many renders of one file at the same time', () => {
  it('read it once, stay within the memory, and refuse what finds no place in the queue', async () => {
    const file = await noise(600, 500, 1)
    const { files, readings, source } = storeOf({ '/a.png': file })
    const totalBytes = file.length + 5_000_000
    const deps = runDeps(files, { totalBytes, maxWaiting: 32 })
    const watched = watch(deps.budget)
    const run = createRunPlan({ ...deps, budget: watched.budget })
    const outcomes = await Promise.all(
      Array.from({ length: 80 }, (_, i) =>
        run({ account: 'a', source: source('/a.png'), inputs: [], plan: resize(20 + i), lane: 'request' }, timings()).then(
          ({ mime }) => mime,
          (thrown: unknown) => AppError.from(thrown).code,
        ),
      ),
    )
    expect(readings.get('/a.png')).toBe(1)
    expect(new Set(outcomes)).toEqual(new Set(['image/png', 'overloaded']))
    expect(outcomes.filter((outcome) => outcome === 'image/png').length).toBeGreaterThan(32)
    expect(watched.end()).toBeLessThanOrEqual(totalBytes)
    expect(deps.budget.usage()).toEqual({ bytes: 0, waiting: 0 })
  })

  it('of several files and layers wait for each other without end neither here nor in a batch', async () => {
    const contents = { '/a.png': await noise(500, 400, 1), '/b.png': await noise(500, 400, 2), '/logo.png': await noise(200, 200, 3) }
    const { files, source } = storeOf(contents)
    const totalBytes = contents['/a.png'].length + 3_600_000
    const deps = { ...runDeps(files, { totalBytes, maxWaiting: 100 }), find: async (_account: string, path: string) => source(path) }
    const watched = watch(deps.budget)
    const run = createRunPlan({ ...deps, budget: watched.budget })
    const layered = (width: number): TransformPlan => ({
      steps: [step('resize', { width }), step('composite', { path: '/logo.png', width: 10 })],
      output: { format: 'png', quality: 80 },
    })
    const renders = Array.from({ length: 24 }, (_, i) =>
      run(
        {
          account: 'a',
          source: source(i % 2 === 0 ? '/a.png' : '/b.png'),
          inputs: i % 3 === 0 ? [source('/logo.png')] : [],
          plan: i % 3 === 0 ? layered(20 + i) : resize(20 + i),
          lane: 'request',
        },
        timings(),
      ),
    )
    const shared = createRunShared({ ...deps, budget: watched.budget, maxSharedBytes: totalBytes / 2 })
    const outcomes: unknown[] = []
    const plans = [resize(50), layered(60), resize(70), layered(80)]
    await shared({ account: 'a', source: source('/b.png'), plans }, timings(), async (_plan, outcome) => outcomes.push(outcome) > 0)
    expect((await Promise.all(renders)).map(({ mime }) => mime)).toEqual(renders.map(() => 'image/png'))
    expect(outcomes.map((outcome) => outcome instanceof AppError)).toEqual([false, false, false, false])
    expect(watched.end()).toBeLessThanOrEqual(totalBytes)
    expect(deps.budget.usage()).toEqual({ bytes: 0, waiting: 0 })
  })

  it('count a file together with the pixels: what never fits is refused', async () => {
    const file = await noise(400, 300, 1)
    const { files, source } = storeOf({ '/a.png': file })
    const wish = { account: 'a', source: source('/a.png'), inputs: [], plan: resize(20), lane: 'request' } as const
    const watched = watch(runDeps(files).budget)
    await createRunPlan({ ...runDeps(files), budget: watched.budget })(wish, timings())
    const totalBytes = watched.end()
    expect(totalBytes).toBeGreaterThan(file.length)
    const runWith = (bytes: number) => createRunPlan(runDeps(files, { totalBytes: bytes, maxWaiting: 8 }))(wish, timings())
    expect((await runWith(totalBytes)).mime).toBe('image/png')
    await expect(runWith(totalBytes - 1)).rejects.toMatchObject({ code: 'too_many_pixels' })
    expect(watched.wishes.map(({ files: held }) => held?.map(({ bytes }) => bytes))).toEqual([[file.length], [file.length]])
  })
})

describe('a file that is read', () => {
  const wish = (source: { path: string; size: number; etag: string }) =>
    ({ account: 'a', source, inputs: [], plan: resize(5), lane: 'request' }) as const

  it('is the version that was looked up, or the run ends', async () => {
    const contents = { '/a.png': await noise(10, 10, 1) }
    const { files, source } = storeOf(contents, 'v2')
    await expect(createRunPlan(runDeps(files))(wish(source('/a.png')), timings())).rejects.toMatchObject({ code: 'file_changed' })
    await expect(createRunPlan(runDeps(files))(wish(source('/b.png')), timings())).rejects.toMatchObject({ code: 'file_not_found' })
  })

  it.each([
    ['breaks off', (c: ReadableByteStreamController) => c.error(new Error('lost'))],
    ['ends early', (c: ReadableByteStreamController) => c.close()],
  ])('and %s is the failure of the storage, and all is given back', async (_name, end) => {
    const source = { path: '/a.png', size: 10, etag: 'v1' }
    const body = new ReadableStream({
      type: 'bytes',
      start(controller) {
        controller.enqueue(new Uint8Array(5))
        end(controller)
      },
    })
    const deps = runDeps({ open: async () => ({ info: source, body }) } as unknown as FileStore) // nothing else is asked of it
    await expect(createRunPlan(deps)(wish(source), timings())).rejects.toMatchObject({ code: 'storage_unavailable' })
    expect(deps.budget.usage()).toEqual({ bytes: 0, waiting: 0 })
  })
})
