import { afterEach, describe, expect, inject, it } from 'vitest'
import { createBoundRenderer } from '../../../src/adapters/renderer-binding.ts'
import { runInIsolate, runOnRenderers } from '../../../src/compose/plan-runners.ts'
import { createRenderer } from '../../../src/compose/renderer.ts'
import { clock, wait } from '../../../src/compose/platform.ts'
import { DEFAULT_OUTPUT, step, type TransformPlan } from '../../../src/image/plan.ts'
import { createMemoryBudget, type MemoryBudget } from '../../../src/service/render/memory-budget.ts'
import type { EngineChoice, EngineFault } from '../../../src/service/render/second-opinion.ts'
import { createTimings } from '../../../src/service/render/timings.ts'
import { breakCore, mendCore } from '../support/trapping-core.ts'
import { CONTRACT_LIMITS, CONTRACT_MEMORY, planRunnerContract } from '../../contracts/plan-runner.ts'

const faults: (EngineFault & { readonly account: string })[] = []
const settings = {
  limits: CONTRACT_LIMITS,
  memory: { ...CONTRACT_MEMORY, maxWaiting: 32 },
  engine: 'auto' as const,
  reportFault: (account: string, fault: EngineFault) => void faults.push({ account, ...fault }),
}
const pictures = () => {
  const made = inject('pictures')
  const bytes = (name: string): Uint8Array => Uint8Array.from(atob(made[name] ?? ''), (letter) => letter.charCodeAt(0))
  return {
    'photo.jpg': bytes('photo.jpg'),
    'photo.png': bytes('photo.png'),
    'half-transparent.png': bytes('half-transparent.png'),
    'ultra-hdr.jpg': bytes('ultra-hdr.jpg'),
  }
}

/** A renderer in this isolate, asked as by a service binding. */
function localRenderer(name: string, memory = settings.memory) {
  const answer = createRenderer({ ...settings, memory })
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

describe.each([
  ['the isolate', runInIsolate],
  [
    'a renderer',
    (own: typeof settings, files: never, budget: MemoryBudget) => runOnRenderers(own, files, budget, [localRenderer('a', own.memory)]),
  ],
] as const)('in %s', (_, make) => {
  afterEach(() => {
    mendCore()
    faults.length = 0
  })
  const photo = pictures()['photo.jpg']
  const open = () => Promise.resolve({ info: { path: '/a', etag: 'v1' }, body: new Blob([photo as Uint8Array<ArrayBuffer>]).stream() })
  const source = { path: '/a', size: photo.length, etag: 'v1' }
  const planTo = (width: number): TransformPlan => ({ steps: [step('resize', { width })], output: { format: 'png', quality: 80 } })
  const runnerOf = (engine: EngineChoice) => {
    const budget = createMemoryBudget({ totalBytes: 80_000_000, maxWaiting: 32, clock, wait })
    return make({ ...settings, memory: { totalBytes: 80_000_000, maxWaiting: 32 }, engine } as never, { open } as never, budget)
  }
  const runOne = (engine: EngineChoice) =>
    runnerOf(engine).run({ account: 'A', source, inputs: [], plan: planTo(32), lane: 'request' }, createTimings(clock))

  it('a failure of the core is helped by the second engine, and told to who reports', async () => {
    breakCore()
    expect(await runOne('auto')).toMatchObject({ engine: 'second', mime: 'image/png' })
    expect(faults).toEqual([
      {
        account: 'A',
        path: '/a',
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        fault: expect.stringContaining('unreachable') as string,
        outcome: 'ok',
      },
    ])
  })

  it('so is one in plans that share a pass', async () => {
    breakCore()
    const told: unknown[] = []
    const shared = runnerOf('auto').runSharedOn(() => Promise.resolve(null))
    await shared({ account: 'A', source, plans: [planTo(20), planTo(30)] }, createTimings(clock), (plan, outcome) => {
      told[plan] = outcome
      return Promise.resolve(true)
    })
    expect(told).toMatchObject([{ engine: 'second' }, { engine: 'second' }])
    expect(faults.map(({ outcome }) => outcome)).toEqual(['ok', 'ok'])
  })

  it('a forced engine is the one that runs', async () => {
    expect(await runOne('second')).toMatchObject({ engine: 'second' })
    expect(await runOne('core')).toMatchObject({ engine: 'core' })
    breakCore()
    await expect(runOne('core')).rejects.toThrow('unreachable')
    expect(faults).toEqual([])
  })
})

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

it('a file of many pieces arrives as it is', async () => {
  const file = new Uint8Array(600_001)
  for (let i = 0; i < file.length; i += 60_000) crypto.getRandomValues(file.subarray(i, i + 60_000))
  const open = () => Promise.resolve({ info: { path: '/a', etag: 'v1' }, body: new Blob([file]).stream() })
  const received: Uint8Array[] = []
  const collecting = createBoundRenderer('collecting', {
    fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
      received.push(new Uint8Array(await new Request(input, init).arrayBuffer()))
      return new Response(null, { status: 500 })
    },
  } as never)
  const budget = createMemoryBudget({ ...settings.memory, clock, wait })
  const { run } = runOnRenderers(settings, { open } as never, budget, [collecting, collecting])
  const source = { path: '/a', size: file.length, etag: 'v1' }
  const request = { account: 'A', source, inputs: [], plan: { steps: [], output: DEFAULT_OUTPUT }, lane: 'request' as const }
  await expect(run(request, createTimings(clock))).rejects.toMatchObject({ code: 'renderer_unavailable' })
  const arrived = received[0]?.subarray(-file.length) ?? new Uint8Array()
  expect(file.findIndex((byte, i) => arrived[i] !== byte)).toBe(-1)
})

it('a task that nobody wants any more ends on the renderer too, which is no failure of it', async () => {
  const { 'photo.png': photo } = pictures()
  const open = () => Promise.resolve({ info: { path: '/a', etag: 'v1' }, body: new Blob([photo as Uint8Array<ArrayBuffer>]).stream() })
  const signals: AbortSignal[] = []
  const silent = createBoundRenderer('silent', {
    fetch: (input: RequestInfo | URL, init?: RequestInit) => {
      const { signal, body } = new Request(input, init)
      signals.push(signal)
      void new Response(body).arrayBuffer().catch(() => undefined)
      return new Promise<Response>(() => undefined)
    },
  } as never)
  const budget = createMemoryBudget({ ...settings.memory, clock, wait })
  const { run } = runOnRenderers(settings, { open } as never, budget, [silent])
  const isWanted = (): boolean => signals.length === 0
  const source = { path: '/a', size: photo.length, etag: 'v1' }
  const request = { account: 'A', source, inputs: [], plan: { steps: [], output: DEFAULT_OUTPUT }, lane: 'request' as const, isWanted }
  for (let i = 0; i < 2; i++) {
    await expect(run(request, createTimings(clock))).rejects.toMatchObject({ code: 'abandoned' })
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    signals.length = 0
  }
})

it('a renderer answers whether it is there, and nothing else', async () => {
  const answer = createRenderer(settings)
  const ask = (path: string) => answer(new Request(`http://renderer${path}`), { waitUntil: () => undefined })
  expect((await ask('/health')).status).toBe(200)
  expect((await ask('/task')).status).toBe(404)
})
