import sharp, { type JpegOptions, type SharpOptions } from 'sharp'
import { describe, expect, it } from 'vitest'
import { step, type TransformPlan } from '../../../src/image/plan.ts'
import type { FileInfo, FileStore, ResultStore, StorableResult } from '../../../src/service/ports.ts'
import { createRunOnParts } from '../../../src/service/render/parts/run-on-parts.ts'
import { createRunPlan } from '../../../src/service/render/run-plan.ts'
import { createTimings } from '../../../src/service/render/timings.ts'
import { runDeps, sleep } from '../../support/run-deps.ts'

const [ACCOUNT, PATH] = ['Emu1s1n', '/large.jpg']

async function largeJpeg(options: JpegOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  const noise = {
    create: { width: 1300, height: 1100, channels: 3, background: 'gray', noise: { type: 'gaussian', mean: 128, sigma: 40 } },
  }
  return new Uint8Array(
    await sharp(noise as SharpOptions)
      .jpeg({ quality: 95, ...options })
      .toBuffer(),
  )
}

const LARGE = await largeJpeg()

/** A file, the results beside it, and a service over both. */
function world(file: Uint8Array<ArrayBuffer>, memory?: { readonly totalBytes: number; readonly maxWaiting: number }) {
  let etag = 'one'
  const reads: number[] = []
  const kept = new Map<string, StorableResult>()
  const info = (): FileInfo => ({
    path: PATH,
    size: file.length,
    etag,
    mime: 'image/jpeg',
    originalFileName: null,
    metadata: {},
    tags: [],
    lastModified: new Date(0),
  })
  const files = {
    head: () => Promise.resolve(info()),
    open: (_account: string, _path: string, { start, end } = { start: 0, end: file.length }) => {
      reads.push(end - start)
      return Promise.resolve({ info: info(), body: new Blob([file.slice(start, end)]).stream() })
    },
  } as unknown as FileStore // what runs use
  const results = {
    get: (_account: string, _path: string, key: string) => Promise.resolve(kept.get(key) ?? null),
    put: (_account: string, _source: unknown, key: string, result: StorableResult) => Promise.resolve(void kept.set(key, result)),
    purge: () => Promise.resolve(kept.clear()),
  } as unknown as ResultStore // and this
  const deps = { ...runDeps(files, memory), files }
  const hash = (text: string) => Promise.resolve(text)
  const places = { ...deps, results, hash, wait: sleep, log: () => undefined, recent: { lookUp: files.head }, maxFileBytes: 1e8 }
  const whole = createRunPlan(deps)
  return {
    reads,
    kept,
    whole,
    replace: () => void (etag = 'two'),
    /** Another isolate each time. */
    isolate: () => createRunOnParts(places, whole),
    request: (plan: TransformPlan) =>
      ({ account: ACCOUNT, source: { path: PATH, size: file.length, etag: 'one' }, inputs: [], plan, lane: 'request' }) as const,
  }
}

const tile = (x: number, y: number): TransformPlan => ({
  steps: [
    step('crop', { x, y, width: 200, height: 150, position: 'top-left' }),
    step('resize', { width: 100, height: 75, fit: 'stretch' }),
  ],
  output: { format: 'jpeg', quality: 80 },
})
const bytesOf = (body: Uint8Array): string => Buffer.from(body).toString('base64')
const timings = () => createTimings({ now: () => 0 })

describe('a cut of a large JPEG', () => {
  it('reads the file once, then the rows that it shows, in every isolate', async () => {
    const file = LARGE
    expect(file.length).toBeGreaterThan(1e6)
    const { isolate, request, reads, whole, kept } = world(file)
    const first = isolate()
    const wanted = await Promise.all(
      [tile(700, 800), tile(10, 20)].map(async (plan) => bytesOf((await whole(request(plan), timings())).body)),
    )
    reads.length = 0
    expect(bytesOf((await first(request(tile(700, 800)), timings())).body)).toBe(wanted[0])
    expect(reads.filter((size) => size === file.length)).toHaveLength(1)
    expect([kept.size, [...kept.values()].every(({ size }) => size < 100_000)]).toEqual([1, true])
    for (const run of [first, isolate()]) {
      reads.length = 0
      expect(bytesOf((await run(request(tile(10, 20)), timings())).body)).toBe(wanted[1])
      expect(reads).toHaveLength(1)
      expect(reads[0]).toBeLessThan(file.length / 4)
    }
  })

  it('that several ask for at once is entered by places that one has found', async () => {
    const file = LARGE
    const { isolate, request, reads } = world(file)
    const run = isolate()
    await Promise.all([0, 200, 400].map((x) => run(request(tile(x, 0)), timings())))
    expect(reads.filter((size) => size === file.length)).toHaveLength(1)
  })

  it('of a file that was replaced is no picture of two versions, and leaves nothing', async () => {
    const { isolate, request, kept, replace } = world(LARGE)
    const run = isolate()
    await run(request(tile(0, 0)), timings())
    replace()
    await expect(run(request(tile(300, 300)), timings())).rejects.toMatchObject({ code: 'file_changed' })
    kept.clear()
    await expect(isolate()(request(tile(0, 0)), timings())).rejects.toMatchObject({ code: 'file_changed' })
    expect(kept.size).toBe(0)
  })

  it('whose places do not fit into the memory takes the whole file', async () => {
    const { isolate, request, kept, whole } = world(LARGE, { totalBytes: LARGE.length + 3_000_000, maxWaiting: 8 })
    const run = isolate()
    const wanted = bytesOf((await whole(request(tile(10, 20)), timings())).body)
    expect([bytesOf((await run(request(tile(10, 20)), timings())).body), kept.size]).toEqual([wanted, 0])
  })

  it('of a progressive one, and any other plan, takes the whole file', async () => {
    const progressive = world(await largeJpeg({ progressive: true }))
    const run = progressive.isolate()
    await run(progressive.request(tile(0, 0)), timings())
    await run(progressive.request(tile(0, 0)), timings())
    expect(progressive.kept.size).toBe(0)
    const { isolate, request, reads, kept } = world(LARGE)
    await isolate()(request({ ...tile(0, 0), steps: [step('resize', { width: 20 })] }), timings())
    expect([reads.length, kept.size]).toEqual([1, 0])
  })
})
