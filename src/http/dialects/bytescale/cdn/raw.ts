import { AppError } from '../../../../errors.ts'
import { fileNameOf } from '../../../../service/files/path.ts'
import type { Clock, FileInfo, FileStore } from '../../../../service/ports.ts'
import { demandUnruled, type RulesOf } from '../../../../service/protection/rules.ts'
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
  readonly rulesOf: RulesOf
}

/** `GET|HEAD /{account}/raw{path}`: the stored bytes, with conditional and range requests. */
export async function answerRaw(c: BytescaleContext, target: OpenTarget, deps: RawDeps): Promise<Response> {
  const args = readArgs(target.query.filter(([name]) => !isUrlMetadata(name)))
  const delivery = readDelivery(args)
  args.done()
  return answerOriginal(c, target, delivery, deps, ({ mime }) => mime)
}

/** The stored bytes. `typeOf` answers their media type, and may refuse the file. */
export async function answerOriginal(
  c: BytescaleContext,
  { account, path, isPrivate, cache, standing, urlPolicy }: OpenTarget,
  delivery: Delivery,
  { files, clock, rulesOf }: RawDeps,
  typeOf: (info: FileInfo) => Promise<string> | string,
): Promise<Response> {
  demandOriginal(urlPolicy, standing, path)
  demandUnruled(rulesOf(account), standing, path)
  c.set('notFoundTtlSeconds', delivery.notFoundTtlSeconds ?? cache.notFoundTtlSeconds)
  const ttlSeconds = timeToLive(delivery, cache, clock)
  show(c, { account, paths: [path] })
  const info = await files.head(account, path)
  if (!info) throw new AppError('file_not_found', { field: path })
  const headers = {
    'Content-Type': await typeOf(info),
    ...userContentHeaders(fileNameOf(info.path), delivery.download),
    'Cache-Control': cacheControl(delivery, ttlSeconds, isPrivate),
  }
  return answerStoredFile(c, files, account, info, headers)
}
