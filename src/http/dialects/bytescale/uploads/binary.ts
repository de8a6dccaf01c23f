import { demandTags, permitOf, type Caller } from '../../../../service/access/access.ts'
import type { FileBody, FileInfo } from '../../../../service/ports.ts'
import type { StoreUpload } from '../../../../service/files/upload.ts'
import { readBodyBytes } from '../../../body-bytes.ts'
import type { BytescaleContext } from '../env.ts'
import { readMetadata, readUploadQuery } from './query.ts'
import { rawFileUrl } from '../url.ts'

/** Bytes. The service collects a body without a declared length in memory, up to this limit. */
const MAX_BUFFERED_BYTES = 50_000_000

export interface UploadDeps {
  readonly upload: StoreUpload
}

/** `POST /v2/accounts/{account}/uploads/binary`: BasicUpload (docs/protocols/bytescale.md §5.4), and the older `POST /v1/files/basic`. */
export async function answerUploadBinary(c: BytescaleContext, caller: Caller, { upload }: UploadDeps): Promise<Response> {
  const url = new URL(c.req.url)
  const { tags, ...query } = readUploadQuery(url.searchParams)
  demandTags(caller, tags)
  const { account, defaults } = caller
  const metadata = readMetadata(c.req.header('X-Upload-Metadata'))
  const mime = c.req.header('Content-Type') ?? null
  const file = await upload({
    ...query,
    account,
    defaults,
    body: await readBody(c.req.raw),
    mime,
    metadata,
    tags,
    permit: permitOf(caller),
  })
  return c.json(basicUploadResponse(url.origin, account, file))
}

/** BasicUploadResponse */
export const basicUploadResponse = (origin: string, account: string, { etag, path }: FileInfo) => ({
  accountId: account,
  etag: `"${etag}"`,
  filePath: path,
  fileUrl: rawFileUrl(origin, account, path),
})

/** Storage must know the length in advance: a body with a declared length is streamed, a chunked body is collected first. */
async function readBody(request: Request): Promise<FileBody> {
  const declared = request.headers.get('Content-Length')
  if (declared !== null && request.body) return { stream: request.body, size: Number(declared) }
  return readBodyBytes(request, MAX_BUFFERED_BYTES)
}
