import { nanoid } from 'nanoid'
import { postCallback } from '../adapters/http-callbacks.ts'
import { createQueueConsumer } from '../adapters/queue-consumer.ts'
import { createQueueJobs } from '../adapters/queue-jobs.ts'
import type { Config } from '../config/load.ts'
import { createDurableProcesses, createDurableProcessIndex } from '../durable/process-client.ts'
import type { ProcessObjectDeps } from '../durable/process.ts'
import type { Env } from '../env.ts'
import { presentCallbackBody } from '../http/dialects/batch/present.ts'
import type { BatchDeps } from '../http/dialects/batch/routes.ts'
import { parseImageQuery } from '../http/dialects/bytescale/image-query/parse.ts'
import { hmacSha256 } from '../http/hmac.ts'
import { createRunJobs } from '../service/jobs/run-jobs.ts'
import type { JobRunners } from '../service/jobs/runner.ts'
import type { Metrics } from '../service/metrics.ts'
import type { FileStore } from '../service/ports.ts'
import { createCallbacks } from '../service/processes/deliver-callback.ts'
import { DEFAULT_POLICY, type ProcessPolicy } from '../service/processes/policy.ts'
import { createProcesses } from '../service/processes/processes.ts'
import { createProcessSweep } from '../service/processes/sweep.ts'
import { type CompiledRule, compileRule } from '../service/triggers/rules.ts'
import { createTriggers } from '../service/triggers/triggers.ts'
import { clock, every, hash, log } from './platform.ts'
import { refreshQueueMetrics } from './queue-metrics.ts'

export interface DurableWorkDeps {
  readonly config: Config
  readonly env: Env
  readonly files: FileStore
  readonly metrics: Metrics
  readonly runners: JobRunners
}

export type DurableWork = ReturnType<typeof createDurableWork>

const DAY_MS = 24 * 60 * 60_000

/** Everything that goes on after an answer: processes, their jobs and callbacks, rules on storage. */
export function createDurableWork({ config, env, files, metrics, runners }: DurableWorkDeps) {
  const policy: ProcessPolicy = { ...DEFAULT_POLICY, retentionMs: config.processes.retentionDays * DAY_MS }
  const store = createDurableProcesses(env.PROCESSES)
  const index = createDurableProcessIndex(env.PROCESS_INDEX)
  const processes = createProcesses({ store, index, clock, hash })
  const accounts = config.accounts.map(({ id }) => id)
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
    onStorageEvent: createTriggers({ rules: compileRules(config), files, processes, log }),
    onDeadLetter: async ({ process, run, jobs }) => void (await store.dispatch(process, { type: 'dead-letter', run, jobs })),
    log,
  })
  const batch: BatchDeps = {
    services: services.map((service) => ({ ...service, admit: () => admit(env, service.rateLimit, String(service.id)) })),
    processes,
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
    sweep: createProcessSweep({ store, index, accounts, clock, policy, log }),
    refreshMetrics: () => refreshQueueMetrics(metrics, env, index, accounts),
  }
}

/** Every rule for every account: a rule's presets and batch service are the account's. */
const compileRules = ({ triggers, accounts, batchServices }: Config): readonly CompiledRule[] =>
  triggers.flatMap((rule) =>
    accounts.map(({ id: account, presets }) => {
      const service = rule.service ?? batchServices.find((candidate) => candidate.account === account)?.id ?? null
      return compileRule(rule, { account, service }, (name) => {
        const parameters = presets.get(name)
        return parameters && parseImageQuery(parameters).plan
      })
    }),
  )

/** @throws Error when wrangler.toml has no such binding: that is the operator's mistake, not the client's. */
async function admit(env: Env, binding: string, key: string): Promise<boolean> {
  const limiter = (env as unknown as Readonly<Record<string, RateLimit | undefined>>)[binding] // a name of emulsion.config.ts
  if (!limiter) throw new Error(`wrangler.toml has no rate-limit binding ${JSON.stringify(binding)}`)
  return (await limiter.limit({ key })).success
}
