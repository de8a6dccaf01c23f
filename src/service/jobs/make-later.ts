import type { Processes } from '../processes/processes.ts'
import { resultJob, type ResultWish } from './result.ts'

export interface LaterResult extends ResultWish {
  readonly account: string
  /** Names the result that is to be made: of one plan and one version of each file. */
  readonly key: string
  readonly requestId: string
}

/**
 * Leaves a result to a process, which puts it into the result bucket. However often it is wished, it is one process with one job. One that is finished
 * and whose result is not there any more (a reset of the cache) works once more; one that failed stays so: it would fail again.
 * @returns whether it has failed.
 */
export const createMakeLater = (processes: Processes) =>
  async function makeLater({ account, path, plan, standing, key, requestId }: LaterResult): Promise<boolean> {
    const id = await processes.idempotentId('result', account, path, key)
    const owner = { account, service: null }
    const { state } = await processes.create({
      id,
      kind: 'result',
      owner,
      requestId,
      fingerprint: id,
      jobs: [resultJob({ path, plan, standing })],
    })
    if (state.status === 'FINISHED') await processes.retry(id)
    return state.status === 'FAILED'
  }

export type MakeLater = ReturnType<typeof createMakeLater>
