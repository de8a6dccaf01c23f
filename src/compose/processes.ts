import { nanoid } from 'nanoid'
import { postCallback } from '../adapters/http-callbacks.ts'
import { createQueueConsumer } from '../adapters/queue-consumer.ts'
import { createQueueJobs } from '../adapters/queue-jobs.ts'
import type { Config } from '../config/load.ts'
import { createDurableProcesses, createDurableProcessIndex } from '../durable/process-client.ts'
import type { ProcessObjectDeps } from '../durable/process.ts'
import { presentCallbackBody } from '../http/dialects/batch/present.ts'
import type { BatchDeps } from '../http/dialects/batch/routes.ts'
import { hmacSha256 } from '../http/hmac.ts'
import type { TransformPlan } from '../image/plan.ts'
import type { Env } from '../index.ts'
import { createCallbacks } from '../service/processes/deliver-callback.ts'
import type { JobRunners } from '../service/jobs/runner.ts'
import type { Metrics } from '../service/metrics.ts'
import type { Clock, FileStore, HashText, Log } from '../service/ports.ts'
import { DEFAULT_POLICY, type ProcessPolicy } from '../service/processes/policy.ts'
import { createProcessSweep } from '../service/processes/sweep.ts'
import { createProcesses } from '../service/processes/processes.ts'
import { createRunJobs } from '../service/jobs/run-jobs.ts'
import { createTriggers } from '../service/triggers/triggers.ts'
import { compileRule } from '../service/triggers/rules.ts'

export interface DurableWorkDeps {
  readonly config: Config
  readonly env: Env
  readonly files: FileStore
  readonly metrics: Metrics
  readonly clock: Clock
  readonly hash: HashText
  /** Who does the jobs, by their type. */
  readonly runners: JobRunners
  readonly presetPlan: (account: string, name: string) => TransformPlan | undefined
}

const DAY_MS = 24 * 60 * 60_000

const log: Log = ({ level = 'info', ...entry }) => {
  const line = JSON.stringify({ level, ...entry })
  if (level === 'error') console.error(line)
  else console.log(line)
}

function every(milliseconds: number, work: () => void): { stop(): void } {
  const timer = setInterval(work, milliseconds)
  return { stop: () => clearInterval(timer) }
}

/** Everything that goes on after an answer: processes, their jobs and callbacks, rules on storage. */
export function createDurableWork({ config, env, files, metrics, clock, hash, runners, presetPlan }: DurableWorkDeps) {
  const policy: ProcessPolicy = { ...DEFAULT_POLICY, retentionMs: config.processes.retentionDays * DAY_MS }
  const store = createDurableProcesses(env.PROCESSES)
  const index = createDurableProcessIndex(env.PROCESS_INDEX)
  const processes = createProcesses({ store, index, clock, hash })
  const services = config.batchServices
  const deliver = createCallbacks({
    post: postCallback,
    hmac: hmacSha256,
    clock,
    allowHosts: config.allowHosts,
    keysOf: ({ definition }) => services.find(({ id }) => id === definition.owner.service)?.callbackKeys ?? [],
    bodyOf: presentCallbackBody,
    observe: (outcome) => metrics.add('emulsion_callbacks_total', { outcome }),
  })
  const processDeps: ProcessObjectDeps = { queue: createQueueJobs(env.JOBS), index, deliver, clock, log, policy }

  const rules = config.triggers.flatMap((rule) =>
    config.accounts.map(({ id: account }) => {
      const service = rule.service ?? services.find((candidate) => candidate.account === account)?.id ?? null
      return compileRule(rule, { account, service }, (name) => presetPlan(account, name))
    }),
  )
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
    onStorageEvent: createTriggers({ rules, files, processes, log }),
    onDeadLetter: async ({ process, run, jobs }) => void (await store.dispatch(process, { type: 'dead-letter', run, jobs })),
    log,
  })
  const sweep = createProcessSweep({ store, index, accounts: config.accounts.map(({ id }) => id), clock, policy, log })

  const batch: BatchDeps = {
    services: services.map((service) => ({ ...service, admit: () => admit(env, service.rateLimit, String(service.id)) })),
    processes,
    hash,
    newProcessId: () => nanoid(21),
    allowHosts: config.allowHosts,
    errors: { notFoundTtlSeconds: 0 },
  }
  /** What only others know: the lists of processes, the platform's queues. */
  const refreshMetrics = async (): Promise<void> => {
    const counts = await Promise.all(config.accounts.map(({ id }) => index.count(id)))
    for (const kind of KINDS)
      for (const status of STATUSES) metrics.set('emulsion_processes', { kind, status }, sum(counts.flat(), kind, status))
    metrics.set('emulsion_queue_messages', { queue: 'jobs' }, await backlog(env.JOBS))
    metrics.set('emulsion_queue_messages', { queue: 'storage-events' }, await backlog(env.STORAGE_EVENTS))
  }
  return { processes, batch, processDeps, consume, sweep, refreshMetrics }
}

const KINDS = ['batch', 'trigger', 'save', 'file-jobs'] as const
const STATUSES = ['PENDING', 'PROCESSING', 'FINISHED', 'FAILED'] as const

const sum = (
  rows: readonly { readonly kind: string; readonly status: string; readonly count: number }[],
  kind: string,
  status: string,
): number => rows.filter((row) => row.kind === kind && row.status === status).reduce((total, { count }) => total + count, 0)

/** 0 where the platform does not tell. */
const backlog = async (queue: Queue): Promise<number> => (await queue.metrics().catch(() => null))?.backlogCount ?? 0

/** @throws Error when wrangler.toml has no such binding: that is the operator's mistake, not the client's. */
async function admit(env: Env, binding: string, key: string): Promise<boolean> {
  const limiter = (env as unknown as Readonly<Record<string, RateLimit | undefined>>)[binding] // a name of emulsion.config.ts
  if (!limiter) throw new Error(`wrangler.toml has no rate-limit binding ${JSON.stringify(binding)}`)
  return (await limiter.limit({ key })).success
}
