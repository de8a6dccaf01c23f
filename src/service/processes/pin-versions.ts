import { AppError } from '../../errors.ts'
import { excessOf, type TransformPlan } from '../../image/plan.ts'
import type { FileStore } from '../ports.ts'
import type { JobDefinition } from './record.ts'
import { drawnPaths, renderJob, type RenderJob } from './render-job.ts'

/** Different files that one process reads at most: each is looked up before the request is answered. */
const MAX_FILES = 200
/** Look-ups at the same time: as many as the platform opens connections. */
const CONCURRENCY = 6

/**
 * Makes the jobs of a request, with the version of every file that they read. An attempt or a retry that finds another version fails, so that it
 * never makes another picture of what was asked for. A file that is not there yet may come in any version.
 * @throws AppError `invalid_parameter` for a job of too many steps and for too many files, before anything is looked up; `storage_unavailable`.
 */
export const createPinVersions = (files: Pick<FileStore, 'head'>, maxSteps: number) =>
  async function pinVersions(
    account: string,
    wishes: readonly Pick<RenderJob, 'source' | 'destination' | 'plan'>[],
  ): Promise<readonly JobDefinition[]> {
    for (const [i, { plan }] of wishes.entries()) checkJob(i, plan, maxSteps)
    const read = wishes.map(({ source, plan }) => new Set([source, ...drawnPaths(plan)]))
    const paths = [...new Set(read.flatMap((ofJob) => [...ofJob]))]
    if (paths.length > MAX_FILES) {
      const reason = `Expected jobs that read at most ${MAX_FILES} different files, received ${paths.length}.`
      throw new AppError('invalid_parameter', { field: 'jobs', reason })
    }
    const etags = new Map<string, string>()
    const open = [...paths]
    const look = async (): Promise<void> => {
      for (let path = open.pop(); path !== undefined; path = open.pop()) {
        const info = await files.head(account, path)
        if (info) etags.set(path, info.etag)
      }
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, look))
    return wishes.map((wish, i) => {
      const versions = Object.fromEntries([...etags].filter(([path]) => read[i]?.has(path)))
      return renderJob({ ...wish, rule: null, versions })
    })
  }

function checkJob(job: number, { steps }: TransformPlan, maxSteps: number): void {
  const excess = excessOf(steps, maxSteps)
  if (!excess) return
  const reason = `Expected at most ${excess.most} ${excess.what} in jobs[${job}], received ${excess.received}.`
  throw new AppError('invalid_parameter', { field: `jobs[${job}].transformations`, reason })
}

export type PinVersions = ReturnType<typeof createPinVersions>
