import type { TransformPlan } from '../../image/plan.ts'
import { codec, FORMAT_NAMES } from '../../image/plan.ts'
import { AppError } from '../../errors.ts'
import type { PathPermit } from '../files/choose-path.ts'
import type { Merge } from '../files/copy.ts'
import type { Destination, DestinationDefaults } from '../files/upload-destination.ts'
import { fileNameOf, splitExtension } from '../files/path.ts'
import { cutFileName } from '../files/cut-name.ts'
import { ORIGINAL_NAME_LIMITS } from '../files/meta.ts'
import { readStream } from '../files/content/read-stream.ts'
import type { Defer, FileInfo, FileMeta, FileOrigin, FileStore } from '../ports.ts'
import type { Standing } from '../protection/standing.ts'
import type { CachePolicy, Render } from './results/render-request.ts'
import type { Timings } from './timings.ts'
import type { Lane } from './ticket.ts'
import type { StoreUpload } from '../files/upload.ts'

export interface SaveRequest {
  readonly account: string
  readonly path: string
  readonly plan: TransformPlan
  readonly standing: Standing
  readonly cache: CachePolicy
  readonly destination: Destination | undefined
  readonly metadata?: Merge<FileMeta['metadata']> | undefined
  readonly tags?: Merge<readonly string[]> | undefined
  readonly defaults?: DestinationDefaults | undefined
  readonly permit: PathPermit
  readonly origin?: FileOrigin
  /** `request` when absent. */
  readonly lane?: Lane
}

export interface SaveDeps {
  readonly files: FileStore
  readonly render: Render
  readonly upload: StoreUpload
}

/** Renders and stores the result as a file of the account. @throws AppError of `render` and of `upload`. */
export const createSave = ({ files, render, upload }: SaveDeps) =>
  async function save(request: SaveRequest, timings: Timings, defer: Defer): Promise<FileInfo> {
    const { account, path, plan, standing, cache, destination, defaults, permit } = request
    const source = await files.head(account, path)
    if (!source) throw new AppError('file_not_found', { field: path })
    const result = await render(
      { account, path, plan, standing, cache, lane: request.lane ?? 'request', fromCurrentFiles: true },
      timings,
      defer,
    )
    const body = result.body instanceof Uint8Array ? result.body : await readStream(result.body)
    return timings.measure('save', () =>
      upload({
        account,
        destination,
        defaults,
        body,
        mime: result.mime,
        originalFileName: renamed(source.originalFileName ?? fileNameOf(path), result.mime),
        metadata: { ...(request.metadata?.merge && source.metadata), ...request.metadata?.value },
        tags: [...new Set([...(request.tags?.merge ? source.tags : []), ...(request.tags?.value ?? [])])],
        permit,
        ...(request.origin && { origin: request.origin }),
      }),
    )
  }

/** A file's name with the extension of its new format, short enough for an `originalFileName`: the source's may come from a long path. */
export function renamed(fileName: string, mime: string): string {
  const format = FORMAT_NAMES.find((name) => codec(name).mime === mime)
  const name = format === undefined ? fileName : `${splitExtension(fileName).name}.${codec(format).extension}`
  return cutFileName(name, ORIGINAL_NAME_LIMITS)
}
