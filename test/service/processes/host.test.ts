import { describe, expect, it } from 'vitest'
import type { CallbackOutcome } from '../../../src/service/processes/callback.ts'
import { createProcessHost, type ProcessHost } from '../../../src/service/processes/host.ts'
import { DEFAULT_POLICY } from '../../../src/service/processes/policy.ts'
import type { JobMessage } from '../../../src/service/processes/ports.ts'
import type { ProcessDefinition, ProcessSummary } from '../../../src/service/processes/record.ts'
import { MemoryProcessStorage } from '../../support/memory/process-storage.ts'

const definition: ProcessDefinition = {
  id: 'p',
  kind: 'batch',
  name: '',
  owner: { account: 'Emu1s1n', service: 1 },
  jobs: [{ type: 'render', params: { n: 1 }, group: 'a' }],
  callback: 'https://example.org/',
  fingerprint: null,
  requestId: 'r',
  createdAt: 0,
}

class Bench {
  now = 0
  readonly disk = new MemoryProcessStorage()
  sent: JobMessage[] = []
  listed: ProcessSummary[] = []
  removed: string[] = []
  delivered = 0
  queueIsDown = false
  indexIsDown = false
  answer: CallbackOutcome = { status: 200, error: null, retryAfterMs: null, final: false }
  host: ProcessHost = this.restart()

  restart(): ProcessHost {
    this.host = createProcessHost({
      storage: this.disk,
      queue: {
        send: (messages) => {
          if (this.queueIsDown) return Promise.reject(new Error('down'))
          this.sent.push(...messages)
          return Promise.resolve()
        },
      },
      index: {
        put: (summary) => {
          if (this.indexIsDown) return Promise.reject(new Error('down'))
          this.listed.push(summary)
          return Promise.resolve()
        },
        remove: (owner, id) => {
          this.removed.push(`${owner.account}/${id}${this.disk.erased ? ' too late' : ''}`)
          return Promise.resolve()
        },
        known: () => Promise.reject(new Error('not asked here')),
        recorded: () => Promise.reject(new Error('not asked here')),
        list: () => Promise.reject(new Error('not asked here')),
        stale: () => Promise.reject(new Error('not asked here')),
        count: () => Promise.reject(new Error('not asked here')),
      },
      deliver: () => {
        this.delivered++
        return Promise.resolve(this.answer)
      },
      clock: { now: () => this.now },
      log: () => undefined,
      policy: DEFAULT_POLICY,
    })
    return this.host
  }

  /** Lets time pass up to the alarm, and rings it. */
  async ring(): Promise<void> {
    expect(this.disk.alarmAt).not.toBeNull()
    this.now = Math.max(this.now, this.disk.alarmAt ?? 0)
    await this.host.alarm()
  }

  /** Rings until something has happened, and not for ever. */
  async ringUntil(happened: () => boolean): Promise<void> {
    for (let rings = 0; !happened(); rings++) {
      if (rings === 100) throw new Error('It did not happen within 100 alarms')
      await this.ring()
    }
  }

  async finish(): Promise<void> {
    const message = this.sent.splice(0).at(-1) ?? { process: 'p', run: 1, jobs: [0] }
    await this.host.dispatch({ type: 'take', ...message, lease: 'l' })
    await this.host.dispatch({ type: 'report', run: message.run, job: 0, lease: 'l', outcome: { kind: 'finished', result: null } })
  }
}

describe('the object of a process', () => {
  it('records before it sends, and sends again what the queue did not take or lost', async () => {
    const bench = new Bench()
    bench.queueIsDown = true
    const { created, record } = await bench.host.create(definition)
    expect([created, record.state.status, bench.sent.length]).toEqual([true, 'PENDING', 0])
    bench.queueIsDown = false
    await bench.ringUntil(() => bench.sent.length > 0)
    bench.sent.splice(0)
    bench.restart()
    await bench.ringUntil(() => bench.sent.length > 0)
    expect(bench.sent).toEqual([{ process: 'p', run: 1, jobs: [0] }])
  })

  it('gives a job with its parameters and the number of the attempt, once', async () => {
    const bench = new Bench()
    await bench.host.create(definition)
    const taken = await bench.host.dispatch({ type: 'take', run: 1, jobs: [0], lease: 'a' })
    expect(taken?.granted).toEqual([{ index: 0, type: 'render', params: { n: 1 }, attempt: 1, lastAttempt: false }])
    expect((await bench.host.dispatch({ type: 'take', run: 1, jobs: [0], lease: 'b' }))?.granted).toEqual([])
  })

  it('gives the job to another when its worker died with the whole machine', async () => {
    const bench = new Bench()
    await bench.host.create(definition)
    await bench.host.dispatch({ type: 'take', run: 1, jobs: [0], lease: 'a' })
    bench.sent.splice(0)
    bench.restart()
    await bench.ringUntil(() => bench.sent.length > 0)
    const taken = await bench.host.dispatch({ type: 'take', run: 1, jobs: [0], lease: 'b' })
    expect(taken?.granted[0]?.attempt).toBe(2)
  })

  it('delivers the callback from its alarm, not from the report', async () => {
    const bench = new Bench()
    await bench.host.create(definition)
    await bench.finish()
    expect(bench.delivered).toBe(0)
    await bench.ring()
    expect([bench.delivered, bench.disk.record?.state.callback?.status]).toEqual([1, 'DELIVERED'])
  })

  it('delivers again after a crash in the middle of a delivery', async () => {
    const bench = new Bench()
    await bench.host.create(definition)
    await bench.finish()
    bench.answer = { status: null, error: 'the machine went away', retryAfterMs: null, final: false }
    const before = structuredClone(bench.disk.record)
    await bench.ring()
    // The state of the moment of the crash: under way, and nobody heard of the outcome.
    bench.disk.record = before && {
      ...before,
      state: { ...before.state, callback: { status: 'PENDING', attempts: 1, dueAt: bench.now + 30_000, log: [] } },
    }
    bench.restart()
    bench.answer = { status: 200, error: null, retryAfterMs: null, final: false }
    bench.now += 30_000
    await bench.host.alarm()
    expect([bench.delivered, bench.disk.record?.state.callback?.status]).toEqual([2, 'DELIVERED'])
  })

  it('tells the list until the list has heard', async () => {
    const bench = new Bench()
    bench.indexIsDown = true
    await bench.host.create(definition)
    expect(bench.listed).toEqual([])
    bench.indexIsDown = false
    await bench.ringUntil(() => bench.listed.length > 0)
    expect(bench.listed[0]).toMatchObject({ id: 'p', status: 'PENDING', jobs: 1 })
    expect(bench.disk.record?.state.listedRevision).toBe(1)
  })

  it('rings again after 5 s when the alarm itself fails, and never throws', async () => {
    const bench = new Bench()
    await bench.host.create(definition)
    bench.now = 60_000
    bench.disk.isBroken = true
    await bench.host.alarm()
    expect(bench.disk.alarmAt).toBe(65_000)
    bench.disk.isBroken = false
    bench.sent.splice(0)
    await bench.ring()
    expect(bench.sent).toHaveLength(1)
  })

  it('sets its alarm anew when it rings too early', async () => {
    const bench = new Bench()
    await bench.host.create(definition)
    const at = bench.disk.alarmAt
    await bench.host.alarm()
    expect(bench.disk.alarmAt).toBe(at)
  })

  it('wakes whoever waits for news', async () => {
    const bench = new Bench()
    await bench.host.create(definition)
    const seen = (await bench.host.notices(0, 0))?.notices.length ?? 0
    const news = bench.host.notices(seen, 60_000)
    await bench.finish()
    expect((await news)?.notices[0]).toMatchObject({ seq: seen + 1, event: 'job', data: { status: 'RUNNING' } })
    expect((await bench.host.notices(0, 60_000))?.ended).toBe(true)
  })

  it('leaves the list and then erases itself when its time is over', async () => {
    const bench = new Bench()
    await bench.host.create({ ...definition, callback: null })
    await bench.finish()
    await bench.ringUntil(() => bench.disk.erased)
    expect(bench.now).toBe(DEFAULT_POLICY.retentionMs)
    expect(bench.removed).toEqual([`${definition.owner.account}/p`])
    expect(bench.host.read()).toBeNull()
  })
})
