import * as z from 'zod'
import { purgedSources, readResetPattern } from '../access/reset-pattern.ts'
import type { CacheResets } from '../files/folder-ports.ts'
import { oneByOne, type JobRunner } from './runner.ts'
import type { ResultStore } from '../ports.ts'
import type { JobDefinition } from '../processes/record.ts'

const paramsSchema = z.object({ pattern: z.string(), resetEdgeCache: z.boolean(), resetPermanentCache: z.boolean() })

export const resetCacheJob = (params: z.output<typeof paramsSchema>): JobDefinition => ({ type: 'reset-cache', params, group: '' })

export interface ResetCacheJobDeps {
  readonly results: ResultStore
  readonly resets: CacheResets
}

/** Kept results are deleted; results at the edge become unreachable in every data centre. What clients keep themselves nobody can reach. */
export const createResetCacheJobs = ({ results, resets }: ResetCacheJobDeps): JobRunner =>
  oneByOne(async ({ params }, { process }) => {
    const { pattern, resetEdgeCache, resetPermanentCache } = paramsSchema.parse(params)
    const { account } = process.owner
    const sources = purgedSources(readResetPattern(pattern))
    const resultsDeleted = resetPermanentCache && sources !== null ? await results.purge(account, sources) : 0
    // After the kept results, or the edge might take up an old one in between.
    if (resetEdgeCache) await resets.reset(account, pattern)
    const notReached = [...(resetEdgeCache ? [] : ['edge']), ...(resetPermanentCache ? [] : ['permanent']), 'client']
    return { kind: 'finished', result: { resultsDeleted, edgeReset: resetEdgeCache, notReached } }
  })
