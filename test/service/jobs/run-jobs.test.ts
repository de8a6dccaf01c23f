import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { oneByOne, type JobOutcome, type JobRunners } from '../../../src/service/jobs/runner.ts'
import { DEFAULT_POLICY } from '../../../src/service/processes/policy.ts'
import type { JobMessage, ProcessStore } from '../../../src/service/processes/ports.ts'
import type { Json, ProcessDefinition } from '../../../src/service/processes/record.ts'
import { initialState, reduce, type ProcessEvent } from '../../../src/service/processes/state.ts'
import { createRunJobs } from '../../../src/service/jobs/run-jobs.ts'

function bench(types: readonly string[], runners: JobRunners) {
  const definition: ProcessDefinition = {
    id: 'p',
    kind: 'file-jobs',
    name: '',
    owner: { account: 'Emu1s1n', service: null },
    jobs: types.map((type, i) => ({ type, params: i, group: '' })),
    callback: null,
    fingerprint: null,
    requestId: 'r',
    createdAt: 0,
  }
  let now = 0
  const events: ProcessEvent[] = []
  let state = reduce(initialState(definition), { type: 'tick' }, { definition, policy: DEFAULT_POLICY, at: 0 }).state
  const heartbeats = new Map<number, () => void>()
  const renewEveryMs = DEFAULT_POLICY.leaseMs / 3
  const renew = (): void => heartbeats.get(renewEveryMs)?.()
  const observed: [string, JobOutcome['kind']][] = []
  const store: Partial<ProcessStore> = {
    dispatch(_id, event) {
      events.push(event)
      state = reduce(state, event, { definition, policy: DEFAULT_POLICY, at: now }).state
      const granted = state.jobs.flatMap(({ lease, attempts }, index) =>
        event.type === 'take' && lease?.id === event.lease
          ? [{ index, type: types[index] ?? '', params: index as Json, attempt: attempts, lastAttempt: false }]
          : [],
      )
      return Promise.resolve({ record: { definition, state }, granted, accepted: true })
    },
    read: () => Promise.resolve({ definition, state }),
  }
  const run = createRunJobs({
    store: store as ProcessStore, // nothing else is called
    runners,
    clock: { now: () => now },
    newLease: () => 'lease',
    every: (ms, work) => {
      heartbeats.set(ms, work)
      return { stop: () => heartbeats.delete(ms) }
    },
    leaseMs: DEFAULT_POLICY.leaseMs,
    log: () => undefined,
    observe: (type, outcome) => observed.push([type, outcome]),
  })
  const message: JobMessage = { process: 'p', run: 1, jobs: types.map((_, i) => i) }
  return {
    run: () => run(message),
    events,
    statuses: () => state.jobs.map(({ status }) => status),
    observed,
    isRenewing: () => heartbeats.size > 0,
    renew,
    cancel: () => (state = reduce(state, { type: 'cancel' }, { definition, policy: DEFAULT_POLICY, at: now }).state),
    /** All that is done every now and then. */
    beat: async () => {
      for (const work of heartbeats.values()) work()
      await new Promise((done) => setImmediate(done))
    },
    /** Lets time pass in the middle of a job: the heartbeat beats, and the alarm looks for lost leases every second. */
    pass(milliseconds: number) {
      for (const end = now + milliseconds; now < end;) {
        now += 1000
        if (now % renewEveryMs < 1000) renew()
        state = reduce(state, { type: 'tick' }, { definition, policy: DEFAULT_POLICY, at: now }).state
      }
    },
    attempts: () => state.jobs.map(({ attempts }) => attempts),
  }
}

const finish = oneByOne(({ params }) => Promise.resolve({ kind: 'finished', result: params }))

describe('a message', () => {
  it('is done job by job, and each is reported', async () => {
    const { run, statuses, observed, isRenewing } = bench(['a', 'a', 'b'], { a: finish, b: finish })
    await run()
    expect(statuses()).toEqual(['FINISHED', 'FINISHED', 'FINISHED'])
    expect(observed).toEqual([
      ['a', 'finished'],
      ['a', 'finished'],
      ['b', 'finished'],
    ])
    expect(isRenewing()).toBe(false)
  })

  it('whose jobs somebody else has is left alone', async () => {
    const { run, events, observed } = bench(['a'], { a: finish })
    await run()
    await run()
    expect(events.map(({ type }) => type)).toEqual(['take', 'report', 'take'])
    expect(observed).toHaveLength(1)
  })

  it('keeps its lease while it works', async () => {
    const world = bench(['a'], {
      a: oneByOne(() => {
        world.renew()
        return Promise.resolve({ kind: 'finished', result: null })
      }),
    })
    await world.run()
    expect(world.events.map(({ type }) => type)).toEqual(['take', 'renew', 'report'])
  })
})

describe('a job that takes longer than a lease', () => {
  it('runs once: its lease is renewed every third of it', async () => {
    const world = bench(['a'], {
      a: oneByOne(() => {
        world.pass(3.5 * DEFAULT_POLICY.leaseMs)
        return Promise.resolve({ kind: 'finished', result: null })
      }),
    })
    await world.run()
    expect([world.statuses(), world.attempts()]).toEqual([['FINISHED'], [1]])
  })
})

describe('a cancel', () => {
  it('reaches a job that is under way; what it gives up is not reported', async () => {
    const wanted: boolean[] = []
    const world = bench(['a', 'a'], {
      a: async (_jobs, { isWanted }) => {
        await world.beat()
        wanted.push(isWanted())
        world.cancel()
        await world.beat()
        wanted.push(isWanted())
        throw new AppError('abandoned')
      },
    })
    await world.run()
    expect(wanted).toEqual([true, false])
    expect([world.statuses(), world.observed]).toEqual([['CANCELLED', 'CANCELLED'], []])
  })
})

describe('a failure', () => {
  it('that may pass is reported as such, and the others go on', async () => {
    const { run, statuses } = bench(['a', 'a'], {
      a: oneByOne(({ params }) =>
        params === 0 ? Promise.reject(new AppError('storage_unavailable')) : Promise.resolve({ kind: 'finished', result: null }),
      ),
    })
    await run()
    expect(statuses()).toEqual(['PENDING', 'FINISHED'])
  })

  it('for good ends the process: what comes after is not begun', async () => {
    const begun: Json[] = []
    const { run, statuses } = bench(['a', 'a'], {
      a: oneByOne(({ params }) => {
        begun.push(params)
        return Promise.reject(new AppError('invalid_image'))
      }),
    })
    await run()
    expect([begun, statuses()]).toEqual([[0], ['FAILED', 'CANCELLED']])
  })

  it('of a runner as a whole fails what it has not reported', async () => {
    const { run, statuses, events } = bench(['a', 'a'], {
      a: async (jobs, { report }) => {
        await report(jobs[0]?.index ?? -1, { kind: 'finished', result: null })
        throw new Error('a bug')
      },
    })
    await run()
    expect(statuses()).toEqual(['FINISHED', 'PENDING'])
    expect(events.at(-1)).toMatchObject({
      job: 1,
      outcome: { kind: 'failed', retry: true, error: { code: 'internal', message: 'Something went wrong on our side.' } },
    })
  })

  it('of the record itself is thrown, so that the queue delivers the message again', async () => {
    const run = createRunJobs({
      store: { dispatch: () => Promise.reject(new AppError('storage_unavailable')) } as Partial<ProcessStore> as ProcessStore,
      runners: {},
      clock: { now: () => 0 },
      newLease: () => 'l',
      every: () => ({ stop: () => undefined }),
      leaseMs: 1,
      log: () => undefined,
      observe: () => undefined,
    })
    await expect(run({ process: 'p', run: 1, jobs: [0] })).rejects.toThrow(AppError)
  })

  it('of a type that nobody can do is for good', async () => {
    const { run, statuses } = bench(['toString'], {})
    await run()
    expect(statuses()).toEqual(['FAILED'])
  })
})
