import { nanoid } from 'nanoid'
import { postCallback } from '../adapters/http-callbacks.ts'
import { createQueueConsumer } from '../adapters/queue-consumer.ts'
import { createQueueJobs } from '../adapters/queue-jobs.ts'
import type { Config } from '../config/load.ts'
import { createDurableSweepCursors } from '../durable/process-client.ts'
import type { ProcessObjectDeps } from '../durable/process.ts'
import type { Env } from '../env.ts'
import { presentCallbackBody } from '../http/dialects/batch/present.ts'
import type { BatchDeps } from '../http/dialects/batch/routes.ts'
import { hmacSha256 } from '../http/hmac.ts'
import { createRunJobs } from '../service/jobs/run-jobs.ts'
import type { JobRunners } from '../service/jobs/runner.ts'
import type { Metrics } from '../service/metrics.ts'
import type { Defer } from '../service/ports.ts'
import { createCallbacks } from '../service/processes/deliver-callback.ts'
import { createPinVersions } from '../service/processes/pin-versions.ts'
import { createProcessSweep } from '../service/processes/sweep.ts'
import { createOnStorageEvent } from '../service/triggers/storage-event.ts'
import { createTriggerSweep } from '../service/triggers/sweep.ts'
import type { Files } from './files.ts'
import { clock, every, hash, log } from './platform.ts'
import { refreshQueueMetrics } from './queue-metrics.ts'
import type { Records } from './records.ts'

export interface DurableWorkDeps {
  readonly config: Config
  readonly env: Env
  readonly records: Records
  readonly stored: Files
  readonly metrics: Metrics
  /** Hands over what has been counted. */
  readonly sendCounts: (defer: Defer) => void
  readonly runners: JobRunners
}

export type DurableWork = ReturnType<typeof createDurableWork>

/** Everything that goes on after an answer: processes, their jobs and callbacks, rules on storage. */
export function createDurableWork({ config, env, records, stored, metrics, sendCounts, runners }: DurableWorkDeps) {
  const { policy, store, index, processes } = records
  const { triggers, unwatched: files } = stored
  const accounts = config.accounts.map(({ id }) => id)
  const services = config.batchServices
  const deliver = createCallbacks({
    post: postCallback,
    hmac: hmacSha256,
    clock,
    allowHosts: config.allowHosts,
    keysOf: ({ definition }) => services.find(({ id }) => id === definition.owner.service)?.callbackKeys ?? [],
    bodyOf: presentCallbackBody,
    observe(outcome) {
      metrics.add('emulsion_callbacks_total', { outcome })
      sendCounts((sent) => void sent) // in a Durable Object, which lets work go on by itself
    },
  })
  const processDeps: ProcessObjectDeps = { queue: createQueueJobs(env.JOBS), index, deliver, clock, log, policy }
  const consume = createQueueConsumer({
    runJobs: createRunJobs({
      store,
      runners,
      clock,
      newLease: nanoid,
      every,
      leaseMs: policy.leaseMs,
      log,
      observe: (type, outcome) => metrics.add('emulsion_jobs_total', { type, outcome }),
    }),
    onStorageEvent: createOnStorageEvent({ triggers, files, forgetOthers: stored.forgetOthers }),
    onDeadLetter: async ({ process, run, jobs }) => void (await store.dispatch(process, { type: 'dead-letter', run, jobs })),
    log,
  })
  const sweepProcesses = createProcessSweep({ store, index, accounts, clock, policy, log })
  const sweepTriggers = createTriggerSweep({
    triggers,
    files,
    index,
    cursors: createDurableSweepCursors(env.PROCESS_INDEX),
    accounts: config.triggers.length === 0 ? [] : accounts,
    clock,
    retentionMs: policy.retentionMs,
    log,
  })
  const batch: BatchDeps = {
    services: services.map((service) => ({ ...service, admit: () => admit(env, service.rateLimit, String(service.id)) })),
    processes,
    pinVersions: createPinVersions(files, config.limits.maxSteps),
    hash,
    newProcessId: () => nanoid(21),
    allowHosts: config.allowHosts,
    errors: { notFoundTtlSeconds: 0 },
  }
  return {
    processes,
    batch,
    processDeps,
    consume,
    async sweep() {
      await sweepProcesses()
      await sweepTriggers()
    },
    refreshMetrics: () => refreshQueueMetrics(metrics, env, index, accounts),
  }
}

/** @throws Error when wrangler.toml has no such binding: that is the operator's mistake, not the client's. */
async function admit(env: Env, binding: string, key: string): Promise<boolean> {
  const limiter = (env as unknown as Readonly<Record<string, RateLimit | undefined>>)[binding] // a name of emulsion.config.ts
  if (!limiter) throw new Error(`wrangler.toml has no rate-limit binding ${JSON.stringify(binding)}`)
  return (await limiter.limit({ key })).success
}
