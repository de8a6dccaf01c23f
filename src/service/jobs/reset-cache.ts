import * as z from 'zod'
import { purgedSources, readResetPattern, type ResetPattern } from '../access/reset-pattern.ts'
import type { CacheResets } from '../files/folder-ports.ts'
import type { Clock, EdgeCache, Purged, ResultStore } from '../ports.ts'
import type { JobDefinition } from '../processes/record.ts'
import type { Triggers } from '../triggers/triggers.ts'
import { oneByOne, type JobRunner } from './runner.ts'

const paramsSchema = z.object({ pattern: z.string(), resetEdgeCache: z.boolean(), resetPermanentCache: z.boolean() })
type Params = z.output<typeof paramsSchema>

export const resetCacheJob = (params: Params): JobDefinition => ({ type: 'reset-cache', params, group: '' })

export interface ResetCacheJobDeps {
  readonly results: ResultStore
  readonly resets: CacheResets
  readonly edge: Pick<EdgeCache, 'purge'>
  /** How long the edge may still tell what a reset makes old, in milliseconds. */
  readonly edgeBoundMs: () => number
  readonly triggers: Pick<Triggers, 'settle' | 'derivativesOf'>
  /** The longest that clients were told to keep an answer of the account, in seconds, unless a URL named a time of its own. */
  readonly lifetimeSeconds: (account: string) => number
  readonly clock: Clock
}

/**
 * Kept results are deleted, those that draw a file of the pattern included; results at the edge become unreachable in every data centre. The
 * outcome is an erasure report (docs/bytescale.md): what was removed, and what nobody can reach, and until when.
 */
export const createResetCacheJobs = (deps: ResetCacheJobDeps): JobRunner =>
  oneByOne(async ({ params }, { process }) => {
    const request = paramsSchema.parse(params)
    const { pattern, resetEdgeCache, resetPermanentCache } = request
    const { account } = process.owner
    const read = readResetPattern(pattern)
    const sources = purgedSources(read)
    const purged = resetPermanentCache && sources !== null ? await deps.results.purge(account, sources) : NOTHING
    // After the kept results, or the edge might take up an old one in between.
    const generation = resetEdgeCache ? await deps.resets.reset(account, pattern) : null
    if (generation !== null && read.path !== null) await deps.edge.purge(account, read.path)
    const now = deps.clock.now()
    const report = {
      pattern,
      resetAt: timeAt(now),
      permanent: resetPermanentCache ? { ...purged, left: 0 } : null,
      edge: generation === null ? null : { generation, unreachableBy: timeAt(now + deps.edgeBoundMs()) },
      derivatives: await derivativesOf(account, read, deps),
      notReached: notReached(request, now + deps.lifetimeSeconds(account) * 1000),
    }
    const summary = { resultsDeleted: purged.results + purged.layered, edgeReset: resetEdgeCache }
    return { kind: 'finished', result: { ...summary, notReached: report.notReached.map(({ where }) => where), report } }
  })

const NOTHING: Purged = { results: 0, layered: 0, layeredSources: [] }

const timeAt = (milliseconds: number): string => new Date(milliseconds).toISOString()

function notReached({ resetEdgeCache, resetPermanentCache }: Params, clientsUntil: number) {
  return [
    ...(resetEdgeCache ? [] : [{ where: 'edge', until: timeAt(clientsUntil), reason: 'The request left the edge as it is.' }]),
    ...(resetPermanentCache ? [] : [{ where: 'permanent', until: null, reason: 'The request left kept results as they are.' }]),
    {
      where: 'client',
      until: timeAt(clientsUntil),
      reason:
        "Browsers and proxies keep what they have for the account's longest lifetime, or for the cache-ttl of the URL where that is longer.",
    },
  ]
}

/**
 * The files that rules made of the one file that the pattern names. They are files and no cache: with their source they stay, and without it
 * the rules that remove them are started. `null` for a pattern of many files.
 */
async function derivativesOf(account: string, { path }: ResetPattern, { triggers }: ResetCacheJobDeps) {
  if (path === null || path.isPrefix) return null
  await triggers.settle(account, path.text)
  return [...(await triggers.derivativesOf(account, path.text))]
}
