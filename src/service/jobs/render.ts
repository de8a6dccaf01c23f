import { AppError } from '../../errors.ts'
import { codec, FORMAT_NAMES } from '../../image/plan.ts'
import { OWNER } from '../files/choose-path.ts'
import type { JobRunner } from './runner.ts'
import type { FileStore } from '../ports.ts'
import type { GrantedJob } from '../processes/ports.ts'
import { readRenderJob, type RenderJob } from '../processes/render-job.ts'
import type { RunShared } from '../render/run-shared.ts'
import { RULE_MARK } from '../processes/trigger-mark.ts'
import type { StoreUpload } from '../files/upload.ts'

export interface RenderJobsDeps {
  readonly files: FileStore
  readonly runShared: RunShared
  readonly upload: StoreUpload
}

/** Jobs of one source: "Each job starts from the unmodified source (jobs are independent, one source is decoded once)" (docs/protocols/batch.md §1.1). */
export const createRenderJobs =
  ({ files, runShared, upload }: RenderJobsDeps): JobRunner =>
  async (jobs, { process, timings, report }) => {
    const { account } = process.owner
    const read = jobs.map(({ params }) => readRenderJob(params))
    const path = read[0]?.source ?? ''
    const source = await timings.measure('head', () => files.head(account, path))
    if (!source) throw new AppError('file_not_found', { field: path, reason: `There is no file at ${JSON.stringify(path)}.` })

    await runShared({ account, source, plans: read.map(({ plan }) => plan) }, timings, async (i, outcome) => {
      const [job, wish] = [jobs[i] as GrantedJob, read[i] as RenderJob] // one plan a job
      if (outcome instanceof AppError) return report(job.index, { kind: 'failed', error: outcome })
      const { body, mime } = outcome
      const metadata = wish.rule === null ? {} : { [RULE_MARK]: wish.rule }
      const stored = await timings
        .measure('save', () =>
          upload({ account, destination: wish.destination, body, mime, originalFileName: null, metadata, permit: OWNER }),
        )
        .catch((thrown: unknown) => AppError.from(thrown))
      if (stored instanceof AppError) return report(job.index, { kind: 'failed', error: stored })
      const { width, height } = sizeOf(body, mime)
      const result = { path: stored.path, mime, bytes: body.length, width, height, etag: stored.etag, sourceBytes: source.size }
      return report(job.index, { kind: 'finished', result })
    })
  }

function sizeOf(body: Uint8Array, mime: string): { readonly width: number; readonly height: number } {
  const format = FORMAT_NAMES.find((name) => codec(name).mime === mime)
  return format === undefined ? { width: 0, height: 0 } : codec(format).probe(body)
}
