import { checkSteps, codec, isDecided } from '../../image/plan.ts'
import type { ChoosePath } from '../files/choose-path.ts'
import { fileNameOf } from '../files/path.ts'
import type { FileInfo } from '../ports.ts'
import type { ProcessRecord } from '../processes/record.ts'
import type { Processes } from '../processes/processes.ts'
import { saveJob } from './save.ts'
import { renamed, type SaveRequest } from '../render/save.ts'

export interface SaveLaterDeps {
  readonly choosePath: ChoosePath
  readonly processes: Processes
  readonly newJobId: () => string
  readonly maxSteps: number
}

export interface LaterSave extends SaveRequest {
  readonly source: FileInfo
  readonly requestId: string
  /** The folder that the sender's key reaches. */
  readonly folder: string
  /** How its owner calls this work. */
  readonly name: string
}

/** Settles where the result goes, so that mistakes are answered now, and leaves the work to a process. @throws AppError `too_many_steps`, and of `choosePath`. */
export const createSaveLater = ({ choosePath, processes, newJobId, maxSteps }: SaveLaterDeps) =>
  async function saveLater({ source, requestId, folder, name, ...request }: LaterSave): Promise<ProcessRecord> {
    const { account, path, plan, standing, cache, metadata, tags } = request
    checkSteps(plan.steps, maxSteps)
    const { format } = plan.output
    const original = source.originalFileName ?? fileNameOf(path)
    const originalFileName = isDecided(format) ? renamed(original, codec(format).mime) : original
    const { path: destination, exclusive } = await choosePath({ ...request, originalFileName })
    const job = saveJob({ path, plan, standing, cache, metadata, tags, destination, exclusive, version: source.etag })
    return processes.create({ id: newJobId(), kind: 'save', name, owner: { account, service: null, folder }, requestId, jobs: [job] })
  }

export type SaveLater = ReturnType<typeof createSaveLater>
