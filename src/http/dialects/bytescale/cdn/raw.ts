import { AppError } from '../../../../errors.ts'
import { fileNameOf } from '../../../../service/files/path.ts'
import type { Clock, FileInfo, FileStore } from '../../../../service/ports.ts'
import { demandOriginal } from '../../../../service/protection/url-policy.ts'
import { readArgs } from '../../../args.ts'
import { show } from '../../../caching/shared-caches.ts'
import { answerStoredFile } from '../../../stored-file.ts'
import type { BytescaleContext } from '../env.ts'
import { userContentHeaders } from '../../../user-content.ts'
import type { OpenTarget } from './target.ts'
import { type Delivery, isUrlMetadata, readDelivery } from '../image-query/delivery.ts'
import { cacheControl, timeToLive } from './time-to-live.ts'

export interface RawDeps {
  readonly files: FileStore
  readonly clock: Clock
}

/** `GET|HEAD /{account}/raw{path}`: the stored bytes, with conditional and range requests. */
export async function answerRaw(
  c: BytescaleContext,
  { account, path, query, isPrivate, cache, standing, urlPolicy }: OpenTarget,
  { files, clock }: RawDeps,
): Promise<Response> {
  const args = readArgs(query.filter(([name]) => !isUrlMetadata(name)))
  const delivery = readDelivery(args)
  args.done()
  demandOriginal(urlPolicy, standing, path)
  c.set('notFoundTtlSeconds', delivery.notFoundTtlSeconds ?? cache.notFoundTtlSeconds)
  const ttlSeconds = timeToLive(delivery, cache, clock)
  show(c, { account, paths: [path] })
  const info = await files.head(account, path)
  if (!info) throw new AppError('file_not_found', { field: path })
  const headers = rawHeaders(info, delivery, cacheControl(delivery, ttlSeconds, isPrivate))
  return answerStoredFile(c, files, account, info, headers)
}

const rawHeaders = (info: FileInfo, delivery: Delivery, cached: string): Record<string, string> => ({
  'Content-Type': info.mime,
  ...userContentHeaders(fileNameOf(info.path), delivery.download),
  'Cache-Control': cached,
})
