import type { CallbackOutcome } from './callback.ts'
import { policyFor, type ProcessPolicy } from './policy.ts'
import type { Dispatched, JobQueue, ProcessIndex, ProcessNotice } from './ports.ts'
import { isTerminal, summaryOf, type ProcessDefinition, type ProcessRecord } from './record.ts'
import { initialState, reduce, wakeAt, type ProcessEffect, type ProcessEvent } from './state.ts'
import type { Clock, Log } from '../ports.ts'

/** What one process keeps. Synchronous, so that between reading a state and storing the next one nothing else can happen. */
export interface ProcessStorage {
  load(): ProcessRecord | null
  /** Stores the record and appends the notices, or nothing. */
  save(record: ProcessRecord, notices: readonly Omit<ProcessNotice, 'seq'>[]): void
  notices(afterSeq: number): readonly ProcessNotice[]
  /** One alarm: the last call counts. */
  setAlarm(at: number | null): Promise<void>
  /** The alarm is gone: even an equal time must be set anew. */
  alarmRang(): void
  erase(): Promise<void>
}

/** Posts the outcome of a run to the callback of its process. Never throws: what went wrong is an outcome. */
export type DeliverCallback = (record: ProcessRecord) => Promise<CallbackOutcome>

export interface ProcessHostDeps {
  readonly storage: ProcessStorage
  readonly queue: JobQueue
  readonly index: ProcessIndex
  readonly deliver: DeliverCallback
  readonly clock: Clock
  readonly log: Log
  readonly policy: ProcessPolicy
}

/** Until a failed effect is tried again when the state itself names no earlier time. */
const RETRY_ALARM_MS = 5000

/** Everything that the object of one process does: load, reduce, persist, set the alarm, run the effects. */
export function createProcessHost({ storage, queue, index, deliver, clock, log, policy }: ProcessHostDeps) {
  const waiting = new Set<() => void>()

  async function dispatch(event: ProcessEvent): Promise<Dispatched | null> {
    const record = storage.load()
    if (record === null) return null
    const at = clock.now()
    const { state, effects } = reduce(record.state, event, {
      definition: record.definition,
      policy: policyFor(policy, record.definition.jobs.length),
      at,
    })
    const next: ProcessRecord = { definition: record.definition, state }
    await persist(record, next, effects, at)
    await runEffects(next, effects, event)
    const lease = event.type === 'take' ? event.lease : null
    const granted = state.jobs.flatMap(({ lease: held, attempts, params }, i) => {
      const job = next.definition.jobs[i]
      if (lease === null || held?.id !== lease || job === undefined) return []
      return [{ index: i, type: job.type, params: params ?? job.params, attempt: attempts, lastAttempt: attempts >= policy.maxAttempts }]
    })
    const accepted =
      state.run !== record.state.run || state.status !== record.state.status || state.callback?.dueAt !== record.state.callback?.dueAt
    return { record: next, granted, accepted }
  }

  /** The record and the alarm are one: after a crash here the alarm of the stored state does the rest. */
  async function persist(before: ProcessRecord, next: ProcessRecord, effects: readonly ProcessEffect[], at: number): Promise<void> {
    const notices = effects.flatMap((effect) => (effect.type === 'notice' ? [{ at, event: effect.event, data: effect.data }] : []))
    storage.save(next, notices)
    await storage.setAlarm(wakeAt(next.state))
    if (notices.length > 0) for (const wake of waiting) wake()
    logChange(before, next)
  }

  async function runEffects(record: ProcessRecord, effects: readonly ProcessEffect[], { type }: ProcessEvent): Promise<void> {
    const { id } = record.definition
    const messages = effects.flatMap((effect) => (effect.type === 'send' ? [{ process: id, run: effect.run, jobs: effect.jobs }] : []))
    // A message that could not be sent is one that got lost: the alarm sends the next.
    if (messages.length > 0)
      await queue
        .send(messages)
        .catch((error: unknown) => log({ level: 'warn', message: 'jobs were not sent', processId: id, error: String(error) }))
    for (const effect of effects) {
      // A consumer goes on while the list is told; whoever created or cancelled finds it in the list at once.
      if (effect.type === 'list') {
        const told = list(record)
        if (type !== 'take' && type !== 'report') await told
      }
      if (effect.type === 'deliver') {
        const outcome = await deliver(record)
        await dispatch({ type: 'callback-outcome', run: effect.run, attempt: effect.attempt, outcome })
      }
      if (effect.type === 'erase') await erase(record)
    }
  }

  async function list(record: ProcessRecord): Promise<void> {
    try {
      await index.put(summaryOf(record))
      await dispatch({ type: 'listed', revision: record.state.revision })
    } catch (error) {
      log({ level: 'warn', message: 'process was not listed', processId: record.definition.id, error: String(error) })
    }
  }

  async function erase({ definition }: ProcessRecord): Promise<void> {
    await index.remove(definition.owner, definition.id)
    await storage.erase()
    log({ level: 'info', message: 'process erased', processId: definition.id })
  }

  function logChange({ state: before }: ProcessRecord, { definition, state }: ProcessRecord): void {
    const ids = { processId: definition.id, requestId: definition.requestId, kind: definition.kind, run: state.run }
    for (const [job, { error, attempts, status, log: attemptLog }] of state.jobs.entries()) {
      if (error && attemptLog.length !== before.jobs[job]?.log.length)
        log({ level: 'warn', message: 'job attempt failed', ...ids, job, attempts, status, error })
    }
    if (isTerminal(state.status) && state.status !== before.status) {
      log({
        level: state.status === 'FAILED' ? 'warn' : 'info',
        message: 'process ended',
        ...ids,
        status: state.status,
        jobs: state.jobs.length,
        milliseconds: state.updatedAt - state.askedAt,
        error: state.error,
      })
    }
    const attempt = state.callback?.log.at(-1)
    if (attempt && attempt !== before.callback?.log.at(-1))
      log({
        level: state.callback?.status === 'DELIVERED' ? 'info' : 'warn',
        message: 'callback attempted',
        ...ids,
        status: state.callback?.status,
        httpStatus: attempt.status,
        error: attempt.error,
      })
  }

  return {
    dispatch,

    async create(definition: ProcessDefinition): Promise<{ readonly created: boolean; readonly record: ProcessRecord }> {
      const found = storage.load()
      if (found) return { created: false, record: found }
      const fresh: ProcessRecord = { definition, state: initialState(definition) }
      storage.save(fresh, [
        {
          at: clock.now(),
          event: 'process',
          data: { run: 1, status: fresh.state.status, finished: 0, jobs: definition.jobs.length, error: null },
        },
      ])
      const outcome = await dispatch({ type: 'tick' })
      return { created: true, record: outcome?.record ?? fresh }
    },

    read: (): ProcessRecord | null => storage.load(),

    /** Never throws: the platform gives up an alarm that failed six times. */
    async alarm(): Promise<void> {
      storage.alarmRang()
      try {
        await dispatch({ type: 'tick' })
      } catch (error) {
        log({ level: 'error', message: 'alarm failed', processId: storage.load()?.definition.id, error: String(error) })
        await storage.setAlarm(clock.now() + RETRY_ALARM_MS)
      }
    },

    async notices(seq: number, waitMs: number): Promise<{ readonly notices: readonly ProcessNotice[]; readonly ended: boolean } | null> {
      const ended = (): boolean => isTerminal(storage.load()?.state.status ?? 'FINISHED')
      if (storage.load() === null) return null
      if (storage.notices(seq).length === 0 && !ended() && waitMs > 0) await nextNotice(waitMs)
      return { notices: storage.notices(seq), ended: ended() }
    },
  }

  function nextNotice(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, waitMs)
      function done(): void {
        clearTimeout(timer)
        waiting.delete(done)
        resolve()
      }
      waiting.add(done)
    })
  }
}

export type ProcessHost = ReturnType<typeof createProcessHost>
