import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import type { Encoded } from '../../../src/image/execute.ts'
import { DEFAULT_OUTPUT } from '../../../src/image/plan.ts'
import type { FileInfo, FileStore } from '../../../src/service/ports.ts'
import { createRender, type RenderRequest } from '../../../src/service/render/render.ts'
import { createTimings } from '../../../src/service/render/timings.ts'

const clock = { now: () => 0 }
const info: FileInfo = {
  path: '/a.jpg',
  size: 1,
  etag: 'e',
  lastModified: new Date(0),
  mime: 'image/jpeg',
  originalFileName: null,
  metadata: {},
  tags: [],
}
const request: RenderRequest = {
  account: 'a',
  path: info.path,
  plan: { steps: [], output: DEFAULT_OUTPUT },
  cache: { use: true, only: false, permanent: false, ttlSeconds: 0, version: '' },
}
const body = Uint8Array.of(1, 2, 3)
const settled = () => new Promise((done) => setImmediate(done))

/** Renders over nothing but memory; `runs` are the runs that were begun, to be ended by hand; `patience` ends every wait so far. */
function harness() {
  const runs: { readonly finish: (result: Encoded) => void; readonly fail: (error: Error) => void }[] = []
  const waits: (() => void)[] = []
  const deferred: Promise<unknown>[] = []
  const render = createRender({
    files: { head: async () => info } as unknown as FileStore, // render asks nothing else of it
    results: { get: async () => null, put: async () => undefined, purge: async () => 0 },
    edge: { get: async () => null, put: async () => undefined },
    run: () => new Promise((finish, fail) => runs.push({ finish, fail })),
    hash: async (text) => text,
    autoThresholdMs: 0,
    wait: () => new Promise((done) => waits.push(done)),
  })
  const ask = () => {
    const timings = createTimings(clock)
    const answer = render(request, timings, (work) => deferred.push(work))
    return { answer, phases: () => timings.entries().map(([phase]) => phase) }
  }
  return { ask, runs, waits, deferred }
}

describe('equal requests at the same time', () => {
  it('share one run, which is kept alive until it ends', async () => {
    const { ask, runs, deferred } = harness()
    const asked = [ask(), ask(), ask()]
    await settled()
    expect(runs).toHaveLength(1)
    expect(deferred).toHaveLength(1)
    const isOver = Promise.race([deferred[0]?.then(() => true), settled().then(() => false)])
    expect(await isOver).toBe(false)
    runs[0]?.finish({ body, mime: 'image/jpeg' })
    const answers = await Promise.all(asked.map(async ({ answer }) => (await answer).body))
    expect(answers).toEqual([body, body, body])
    await deferred[0]
    expect(asked.map(({ phases }) => phases().includes('shared'))).toEqual([false, true, true])
  })

  it('share its failure, which is not kept', async () => {
    const { ask, runs } = harness()
    const asked = [ask(), ask()]
    await settled()
    runs[0]?.fail(new AppError('invalid_image'))
    for (const { answer } of asked) await expect(answer).rejects.toMatchObject({ code: 'invalid_image' })
    const again = ask()
    await settled()
    runs[1]?.finish({ body, mime: 'image/jpeg' })
    expect((await again.answer).body).toBe(body)
  })

  it('do not wait for ever for a run that ended without a word: one of them runs it again, for all', async () => {
    const { ask, runs, waits } = harness()
    void ask()
    await settled()
    const others = [ask(), ask(), ask()]
    await settled()
    expect(runs).toHaveLength(1)
    for (const done of waits.splice(0)) done()
    await settled()
    expect(runs).toHaveLength(2)
    runs[1]?.finish({ body, mime: 'image/jpeg' })
    expect(await Promise.all(others.map(async ({ answer }) => (await answer).body))).toEqual([body, body, body])
    // And nobody after them waits for it either.
    const next = ask()
    await settled()
    expect(runs).toHaveLength(3)
    runs[2]?.finish({ body, mime: 'image/jpeg' })
    await next.answer
  })
})
