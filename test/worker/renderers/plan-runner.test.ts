import { inject, expect, it } from 'vitest'
import { createBoundRenderer } from '../../../src/adapters/renderer-binding.ts'
import { runInIsolate, runOnRenderers } from '../../../src/compose/plan-runners.ts'
import { createRenderer } from '../../../src/compose/renderer.ts'
import { clock, wait } from '../../../src/compose/platform.ts'
import { DEFAULT_OUTPUT } from '../../../src/image/plan.ts'
import { createMemoryBudget } from '../../../src/service/render/memory-budget.ts'
import { createTimings } from '../../../src/service/render/timings.ts'
import { CONTRACT_LIMITS, CONTRACT_MEMORY, planRunnerContract } from '../../contracts/plan-runner.ts'

const settings = { limits: CONTRACT_LIMITS, memory: { ...CONTRACT_MEMORY, maxWaiting: 32 } }
const pictures = () => {
  const made = inject('pictures')
  const bytes = (name: string): Uint8Array => Uint8Array.from(atob(made[name] ?? ''), (letter) => letter.charCodeAt(0))
  return { 'photo.jpg': bytes('photo.jpg'), 'photo.png': bytes('photo.png'), 'half-transparent.png': bytes('half-transparent.png') }
}

/** A renderer in this isolate, asked as by a service binding. */
function localRenderer(name: string) {
  const answer = createRenderer(settings)
  const fetch = (input: RequestInfo | URL, init?: RequestInit) => answer(new Request(input, init), { waitUntil: () => undefined })
  return createBoundRenderer(name, { fetch } as never)
}

planRunnerContract('the isolate', pictures, (files, budget) => runInIsolate(settings, files, budget))
planRunnerContract('one renderer', pictures, (files, budget) => runOnRenderers(settings, files, budget, [localRenderer('a')]))

/** Answers that it is there, and fails every task, in turn in one of three ways. */
function dyingRenderer(name: string) {
  const answer = createRenderer(settings)
  let tasks = 0
  const fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = new Request(input, init)
    if (request.method === 'GET') return answer(request, { waitUntil: () => undefined })
    const fault = tasks++ % 3
    if (fault === 0) throw new Error('Network connection lost.')
    if (fault === 1) return new Response(null, { status: 500 })
    const whole = await (await answer(request, { waitUntil: () => undefined })).arrayBuffer()
    return new Response(whole.slice(0, whole.byteLength - 30))
  }
  return createBoundRenderer(name, { fetch } as never)
}

planRunnerContract('a renderer beside one that fails every task', pictures, (files, budget) =>
  runOnRenderers(settings, files, budget, [dyingRenderer('a'), localRenderer('b')]),
)

it('a task that every renderer fails is 503, and may be tried again', async () => {
  const { 'photo.png': photo } = pictures()
  const files = {
    open: () => Promise.resolve({ info: { path: '/a', etag: 'v1' }, body: new Blob([photo as Uint8Array<ArrayBuffer>]).stream() }),
  }
  const budget = createMemoryBudget({ ...settings.memory, clock, wait })
  const { run } = runOnRenderers(settings, files as never, budget, [dyingRenderer('a'), dyingRenderer('b')])
  const plan = { steps: [], output: DEFAULT_OUTPUT }
  const source = { path: '/a', size: photo.length, etag: 'v1' }
  const error = await run({ account: 'A', source, inputs: [], plan, lane: 'request' }, createTimings(clock)).catch(
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({ code: 'renderer_unavailable', fault: { status: 503, retry: true } })
  expect(budget.usage().bytes).toBe(0)
})

it('a renderer answers whether it is there, and nothing else', async () => {
  const answer = createRenderer(settings)
  const ask = (path: string) => answer(new Request(`http://renderer${path}`), { waitUntil: () => undefined })
  expect((await ask('/health')).status).toBe(200)
  expect((await ask('/task')).status).toBe(404)
})
