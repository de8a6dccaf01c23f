import type { Config } from '../config/load.ts'
import { createDurableProcesses, createDurableProcessIndex } from '../durable/process-client.ts'
import type { Env } from '../env.ts'
import { DEFAULT_POLICY, type ProcessPolicy } from '../service/processes/policy.ts'
import { createProcesses } from '../service/processes/processes.ts'
import type { Room } from '../service/ports.ts'
import { clock, hash } from './platform.ts'

export type Records = ReturnType<typeof createRecords>

const DAY_MS = 24 * 60 * 60_000

/** Where processes are recorded. What stores files needs it as well as what executes jobs. */
export function createRecords(config: Config, env: Env, room: Room) {
  const policy: ProcessPolicy = { ...DEFAULT_POLICY, retentionMs: config.processes.retentionDays * DAY_MS }
  const store = createDurableProcesses(env.PROCESSES)
  const index = createDurableProcessIndex(env.PROCESS_INDEX)
  return { policy, store, index, processes: createProcesses({ store, index, clock, hash, room }) }
}
