import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReportedOutcome } from '../../../src/service/processes/job.ts'
import { DEFAULT_POLICY, policyFor, type ProcessPolicy } from '../../../src/service/processes/policy.ts'
import { isTerminal, type ProcessDefinition, type ProcessState } from '../../../src/service/processes/record.ts'
import { initialState, reduce, wakeAt, type ProcessEffect, type ProcessEvent } from '../../../src/service/processes/state.ts'

const policy: ProcessPolicy = { ...DEFAULT_POLICY, maxAttempts: 4, maxJobsPerMessage: 3 }

const definitionOf = (jobs: number, callback: string | null = null): ProcessDefinition => ({
  id: 'p',
  kind: 'batch',
  name: '',
  owner: { account: 'Emu1s1n', service: 1 },
  jobs: Array.from({ length: jobs }, (_, i) => ({ type: 'render', params: i, group: i % 2 === 0 ? '/even' : '/odd' })),
  callback,
  fingerprint: null,
  requestId: 'r',
  createdAt: 0,
})

const finished: ReportedOutcome = { kind: 'finished', result: null }
const failed = (retry: boolean): ReportedOutcome => ({ kind: 'failed', error: { code: 'x', message: 'x' }, retry })

/** Thousands of checks a run: a plain comparison where `expect` would take most of the time. */
function law(holds: boolean, name: string): void {
  if (!holds) throw new Error(`Broken: ${name}`)
}

/** A process with its surroundings: a queue that loses and repeats, workers that die, an alarm. Checks the laws after every event. */
class World {
  now = 0
  readonly queue: { readonly run: number; readonly jobs: readonly number[] }[] = []
  readonly held: { readonly run: number; readonly job: number; readonly lease: string }[] = []
  readonly deliveries: { readonly run: number; readonly attempt: number }[] = []
  readonly completions = new Map<string, number>()
  state: ProcessState
  erased = false
  #leases = 0
  readonly definition: ProcessDefinition

  constructor(definition: ProcessDefinition) {
    this.definition = definition
    this.state = initialState(definition)
    this.apply({ type: 'tick' })
  }

  apply(event: ProcessEvent): readonly ProcessEffect[] {
    const before = this.state
    const { state, effects } = reduce(before, event, { definition: this.definition, policy, at: this.now })
    this.state = state
    for (const effect of effects) {
      if (effect.type === 'send') this.queue.push({ run: effect.run, jobs: effect.jobs })
      if (effect.type === 'deliver') this.deliveries.push({ run: effect.run, attempt: effect.attempt })
      if (effect.type === 'erase') this.erased = true
    }
    this.#check(before, state, event)
    return effects
  }

  #check(before: ProcessState, after: ProcessState, event: ProcessEvent): void {
    law(after.jobs.length === this.definition.jobs.length, 'no job is lost')
    for (const [i, job] of after.jobs.entries()) {
      const was = before.jobs[i]
      if (after.run === before.run && was?.status === 'FINISHED') law(job === was, 'a finished job stays finished')
      if (job.status === 'FINISHED' && was?.status !== 'FINISHED') {
        const key = `${after.run} ${i}`
        this.completions.set(key, (this.completions.get(key) ?? 0) + 1)
      }
      const held = was?.lease && was.lease.until > this.now && event.type === 'take'
      law(!held || job.lease?.id === was.lease?.id, 'a lease that has not run out is never given to another')
      law((job.status === 'RUNNING') === (job.lease !== null), 'who runs is leased')
      const isOfOldRun = 'run' in event && event.run !== before.run
      law(!isOfOldRun || (job.status === was?.status && job.lease === was.lease), 'another run changes nothing')
      const isOfOther = event.type === 'renew' && event.lease !== was?.lease?.id
      law(!isOfOther || job.lease === was?.lease, 'a lease is renewed by its holder alone')
      law(job.attempts <= policy.maxAttempts, 'attempts are bounded')
    }
    law(!isTerminal(before.status) || after.run !== before.run || after.status === before.status, 'terminal is terminal')
    law(after.run === before.run || (after.run === before.run + 1 && event.type === 'retry'), 'only a retry begins a run')
    law((after.status === 'FINISHED') === after.jobs.every(({ status }) => status === 'FINISHED'), 'FINISHED is all jobs finished')
    law(after.status === 'FAILED' || after.jobs.every(({ status }) => status !== 'FAILED'), 'one failed job fails the process')
    law(isTerminal(after.status) || wakeAt(after) !== null, 'something will be done for it')
    for (const count of this.completions.values()) law(count === 1, 'done once')
  }

  take({ run, jobs }: { readonly run: number; readonly jobs: readonly number[] }): void {
    const lease = `lease ${this.#leases++}`
    this.apply({ type: 'take', run, jobs, lease })
    for (const [job, { lease: held }] of this.state.jobs.entries()) if (held?.id === lease) this.held.push({ run, job, lease })
  }

  /** A world in which nothing is lost any more: the alarm rings, messages arrive, jobs succeed, callbacks are accepted. */
  settle(): void {
    for (let steps = 0; steps < 400 && (!isTerminal(this.state.status) || this.state.callback?.status === 'PENDING'); steps++) {
      for (const message of this.queue.splice(0)) this.take(message)
      for (const { run, job, lease } of this.held.splice(0)) this.apply({ type: 'report', run, job, lease, outcome: finished })
      for (const { run, attempt } of this.deliveries.splice(0))
        this.apply({ type: 'callback-outcome', run, attempt, outcome: { status: 200, error: null, retryAfterMs: null, final: false } })
      this.now = Math.max(this.now, wakeAt(this.state) ?? this.now)
      this.apply({ type: 'tick' })
    }
  }
}

const index = fc.nat(1000)
const action = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 1, 500, 1000, 5000, 12_000, 31_000, 70_000) }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('deliver' as const), index, keep: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), index }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('report' as const),
      index,
      keep: fc.boolean(),
      outcome: fc.constantFrom('finished' as const, 'finished' as const, 'again' as const, 'continued' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('die' as const), index }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('renew' as const), index }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('callback' as const), index, status: fc.constantFrom(200, 500, 429, null) }) },
)
const drastic = fc.oneof(
  fc.record({ do: fc.constant('fail' as const), index }),
  fc.record({ do: fc.constant('cancel' as const) }),
  fc.record({ do: fc.constant('retry' as const) }),
  fc.record({ do: fc.constant('dead' as const), index }),
)

const pick = <T>(list: T[], at: number, keep: boolean): T | undefined =>
  list.length === 0 ? undefined : keep ? list[at % list.length] : list.splice(at % list.length, 1)[0]

function perform(world: World, what: typeof action | typeof drastic extends fc.Arbitrary<infer T> ? T : never): void {
  switch (what.do) {
    case 'wait':
      world.now += what.ms
      world.apply({ type: 'tick' })
      return
    case 'deliver': {
      const message = pick(world.queue, what.index, what.keep)
      if (message) world.take(message)
      return
    }
    case 'lose':
      pick(world.queue, what.index, false)
      return
    case 'report': {
      const held = pick(world.held, what.index, what.keep)
      const outcome: ReportedOutcome =
        what.outcome === 'finished'
          ? finished
          : what.outcome === 'again'
            ? failed(true)
            : { kind: 'continued', params: 'rest', result: null }
      if (held) world.apply({ type: 'report', ...held, outcome })
      return
    }
    case 'die':
      pick(world.held, what.index, false)
      return
    case 'renew': {
      const held = pick(world.held, what.index, true)
      if (held) world.apply({ type: 'renew', run: held.run, lease: held.lease })
      return
    }
    case 'callback': {
      const delivery = pick(world.deliveries, what.index, true)
      if (delivery)
        world.apply({
          type: 'callback-outcome',
          ...delivery,
          outcome: { status: what.status, error: null, retryAfterMs: null, final: false },
        })
      return
    }
    case 'fail': {
      const held = pick(world.held, what.index, false)
      if (held) world.apply({ type: 'report', ...held, outcome: failed(false) })
      return
    }
    case 'dead': {
      const message = pick(world.queue, what.index, false)
      if (message) world.apply({ type: 'dead-letter', ...message })
      return
    }
    case 'cancel':
    case 'retry':
      world.apply({ type: what.do })
  }
}

describe('whatever happens, in whatever order, twice or not at all', () => {
  it('keeps its laws', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.oneof({ weight: 6, arbitrary: action }, { weight: 1, arbitrary: drastic }), { maxLength: 80 }),
        (jobs, actions) => {
          const world = new World(definitionOf(jobs, 'https://example.org/'))
          for (const what of actions) perform(world, what)
          world.settle()
          expect(isTerminal(world.state.status)).toBe(true)
          expect(world.state.callback?.status).not.toBe('PENDING')
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('loses no job: what nobody fails for good is finished in the end', () => {
    const harmless = action.filter((what) => what.do !== 'report' || what.outcome !== 'again')
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(harmless, { maxLength: 60 }), (jobs, actions) => {
        const world = new World(definitionOf(jobs))
        // Fewer deaths than attempts: a job that kills every worker fails, by another law.
        let deaths = 0
        for (const what of actions) if (what.do !== 'die' && what.do !== 'wait' ? true : deaths++ < 2) perform(world, what)
        world.settle()
        expect(world.state.status).toBe('FINISHED')
        expect([...world.completions.values()]).toEqual(Array.from({ length: jobs }, () => 1))
      }),
      { numRuns: 1000 },
    )
  })
})

describe('messages', () => {
  it('hold jobs of one group, at most as many as the policy says', () => {
    const world = new World(definitionOf(8))
    expect(world.queue.map(({ jobs }) => jobs)).toEqual([[0, 2, 4], [6], [1, 3, 5], [7]])
  })

  it('are sent again after a growing pause while nobody takes them', () => {
    const world = new World(definitionOf(1))
    const sentAt: number[] = [0]
    for (let alarms = 0; sentAt.length < 5 && alarms < 50; alarms++) {
      world.now = wakeAt(world.state) ?? Infinity
      if (world.apply({ type: 'tick' }).some(({ type }) => type === 'send')) sentAt.push(world.now)
      world.apply({ type: 'listed', revision: world.state.revision })
    }
    expect(sentAt).toEqual([0, 10_000, 30_000, 70_000, 130_000])
  })

  it('of an older run mean nothing', () => {
    const world = new World(definitionOf(1))
    world.apply({ type: 'cancel' })
    world.apply({ type: 'retry' })
    world.apply({ type: 'take', run: 1, jobs: [0], lease: 'old' })
    expect(world.state.jobs[0]?.status).toBe('PENDING')
    world.apply({ type: 'take', run: 2, jobs: [0], lease: 'new' })
    expect(world.state.jobs[0]?.status).toBe('RUNNING')
    const { jobs } = world.state
    world.apply({ type: 'report', run: 1, job: 0, lease: 'new', outcome: finished })
    world.apply({ type: 'renew', run: 1, lease: 'new' })
    world.apply({ type: 'dead-letter', run: 1, jobs: [0] })
    expect(world.state.jobs).toEqual(jobs)
  })
})

describe('a job', () => {
  it('waits 1 s, 2 s, 4 s … between attempts and fails after the last, with the reason of the last', () => {
    const world = new World(definitionOf(1))
    const pauses: number[] = []
    for (let attempt = 1; attempt <= policy.maxAttempts; attempt++) {
      world.take({ run: 1, jobs: [0] })
      world.apply({ type: 'report', run: 1, job: 0, lease: world.held.pop()?.lease ?? '', outcome: failed(true) })
      if (isTerminal(world.state.status)) break
      pauses.push((world.state.jobs[0]?.dueAt ?? 0) - world.now)
      world.now = world.state.jobs[0]?.dueAt ?? 0
      world.apply({ type: 'tick' })
    }
    expect(pauses).toEqual([1000, 2000, 4000])
    expect(world.state).toMatchObject({ status: 'FAILED', error: { code: 'x' } })
    expect(world.state.jobs[0]?.log).toHaveLength(4)
  })

  it('that waits for its next attempt is given to nobody, however often its message comes', () => {
    const world = new World(definitionOf(1))
    world.take({ run: 1, jobs: [0] })
    world.apply({ type: 'report', run: 1, job: 0, lease: world.held.pop()?.lease ?? '', outcome: failed(true) })
    world.now = (world.state.jobs[0]?.dueAt ?? 0) - 1
    world.take({ run: 1, jobs: [0] })
    expect([world.state.jobs[0]?.status, world.state.jobs[0]?.attempts, world.held]).toEqual(['PENDING', 1, []])
    world.now += 1
    world.apply({ type: 'tick' })
    world.take({ run: 1, jobs: [0] })
    expect(world.state.jobs[0]).toMatchObject({ status: 'RUNNING', attempts: 2 })
  })

  it('whose worker died is done again, alone', () => {
    const world = new World(definitionOf(3))
    world.queue.splice(0).forEach((message) => world.take(message))
    world.now = policy.leaseMs
    world.apply({ type: 'tick' })
    expect(world.state.jobs.map(({ status, error }) => [status, error?.code])).toEqual([
      ['PENDING', 'lost'],
      ['PENDING', 'lost'],
      ['PENDING', 'lost'],
    ])
    world.now += 1000
    world.apply({ type: 'tick' })
    expect(world.queue.map(({ jobs }) => jobs)).toEqual([[0], [1], [2]])
  })

  it('cannot be failed any more by a worker that was given up, but it can be finished by it', () => {
    for (const [outcome, status] of [
      [failed(false), 'RUNNING'],
      [failed(true), 'RUNNING'],
      [finished, 'FINISHED'],
    ] as const) {
      const world = new World(definitionOf(2))
      world.take({ run: 1, jobs: [0] })
      const old = world.held.pop()?.lease ?? ''
      world.now = policy.leaseMs
      world.apply({ type: 'tick' })
      world.now += 1000
      world.apply({ type: 'tick' })
      world.take({ run: 1, jobs: [0] })
      world.apply({ type: 'report', run: 1, job: 0, lease: old, outcome })
      expect(world.state.jobs[0]?.status).toBe(status)
    }
  })

  it('is kept by a worker that renews its lease', () => {
    const world = new World(definitionOf(1))
    world.take({ run: 1, jobs: [0] })
    world.now = policy.leaseMs - 1
    world.apply({ type: 'renew', run: 1, lease: world.held[0]?.lease ?? '' })
    world.now = policy.leaseMs + 1
    world.apply({ type: 'tick' })
    expect(world.state.jobs[0]?.status).toBe('RUNNING')
  })

  it('is not kept by a renewal of somebody else', () => {
    const world = new World(definitionOf(1))
    world.take({ run: 1, jobs: [0] })
    const { lease } = world.state.jobs[0] ?? {}
    world.now = policy.leaseMs - 1
    world.apply({ type: 'renew', run: 1, lease: 'of another' })
    expect(world.state.jobs[0]?.lease).toEqual(lease)
  })

  it('that is done in parts comes back with the rest and without counting an attempt', () => {
    const world = new World(definitionOf(1))
    world.take({ run: 1, jobs: [0] })
    world.apply({
      type: 'report',
      run: 1,
      job: 0,
      lease: world.held.pop()?.lease ?? '',
      outcome: { kind: 'continued', params: 'rest', result: 7 },
    })
    expect(world.state.jobs[0]).toMatchObject({ status: 'PENDING', attempts: 0, params: 'rest', result: 7 })
    expect(world.queue).toHaveLength(2)
  })

  it('that fails for good fails the process, and what was not begun is not begun', () => {
    const world = new World(definitionOf(3))
    world.take({ run: 1, jobs: [0] })
    world.apply({ type: 'report', run: 1, job: 0, lease: world.held.pop()?.lease ?? '', outcome: failed(false) })
    expect(world.state.jobs.map(({ status }) => status)).toEqual(['FAILED', 'CANCELLED', 'CANCELLED'])
    world.take({ run: 1, jobs: [1, 2] })
    expect(world.held).toEqual([])
  })

  it('that the queue gave up fails with a reason', () => {
    const world = new World(definitionOf(2))
    world.apply({ type: 'dead-letter', run: 1, jobs: [1] })
    expect(world.state).toMatchObject({ status: 'FAILED', error: { code: 'dead_letter' } })
  })
})

it('a process of many jobs keeps short logs, so that its record stays one value', () => {
  expect([1, 100, 500, 1000, 5000].map((jobs) => policyFor(DEFAULT_POLICY, jobs).maxLog)).toEqual([20, 20, 4, 2, 2])
})

describe('a process that has ended', () => {
  it('is cancelled with a reason, and only while it goes on', () => {
    const world = new World(definitionOf(1))
    world.apply({ type: 'cancel' })
    expect(world.state).toMatchObject({ status: 'FAILED', error: { code: 'cancelled' } })
    const done = new World(definitionOf(1))
    done.settle()
    done.apply({ type: 'cancel' })
    expect(done.state.status).toBe('FINISHED')
  })

  it('is retried from the beginning, its callback too; one that goes on is not', () => {
    const world = new World(definitionOf(2, 'https://example.org/'))
    world.apply({ type: 'retry' })
    expect(world.state.run).toBe(1)
    world.settle()
    world.apply({ type: 'retry' })
    expect(world.state).toMatchObject({ run: 2, status: 'PENDING', callback: { status: 'WAITING', attempts: 0 } })
    world.settle()
    expect(world.state).toMatchObject({ status: 'FINISHED', callback: { status: 'DELIVERED' } })
    expect(world.state.callback?.log.map(({ run }) => run)).toEqual([1, 2])
  })

  it('is not erased before its callback has come to an end, however late that is', () => {
    const world = new World(definitionOf(1, 'https://example.org/'))
    world.take({ run: 1, jobs: [0] })
    world.apply({ type: 'report', run: 1, job: 0, lease: world.held.pop()?.lease ?? '', outcome: finished })
    world.apply({ type: 'listed', revision: world.state.revision })
    world.now = (world.state.expiresAt ?? 0) + 1
    world.apply({ type: 'tick' })
    expect([world.state.callback?.status, world.erased, world.deliveries.length]).toEqual(['PENDING', false, 1])
    expect(wakeAt(world.state)).toBe(world.state.callback?.dueAt)
    const outcome = { status: 200, error: null, retryAfterMs: null, final: false }
    world.apply({ type: 'callback-outcome', run: 1, attempt: 1, outcome })
    world.apply({ type: 'tick' })
    expect(world.erased).toBe(true)
  })

  it('without a callback is erased when its time is over, not before', () => {
    const world = new World(definitionOf(1))
    world.settle()
    world.apply({ type: 'listed', revision: world.state.revision })
    expect(wakeAt(world.state)).toBe(world.state.expiresAt ?? 0)
    world.now = (world.state.expiresAt ?? 0) - 1
    world.apply({ type: 'tick' })
    expect(world.erased).toBe(false)
    world.now += 1
    world.apply({ type: 'tick' })
    expect(world.erased).toBe(true)
  })
})
