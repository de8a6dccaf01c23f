import { demandTags, permitOf, type Caller } from '../../../../service/access/access.ts'
import type { FileInfo } from '../../../../service/ports.ts'
import type { Reserve } from '../../../../service/files/content/growing-lease.ts'
import type { StoreUpload } from '../../../../service/files/upload.ts'
import type { BytescaleContext } from '../env.ts'
import { readFileBody } from '../../../file-body.ts'
import { readMetadata, readUploadQuery } from './query.ts'
import { rawFileUrl } from '../url.ts'

export interface UploadDeps {
  readonly upload: StoreUpload
  /** Memory for bodies that declare no length. */
  readonly reserve: Reserve
}

/** `POST /v2/accounts/{account}/uploads/binary`: BasicUpload (docs/protocols/bytescale.md §5.4), and the older `POST /v1/files/basic`. */
export async function answerUploadBinary(c: BytescaleContext, caller: Caller, { upload, reserve }: UploadDeps): Promise<Response> {
  const url = new URL(c.req.url)
  const { tags, ...query } = readUploadQuery(url.searchParams)
  demandTags(caller, tags)
  const { account, defaults } = caller
  const metadata = readMetadata(c.req.header('X-Upload-Metadata'))
  const mime = c.req.header('Content-Type') ?? null
  const { body, release } = await readFileBody(c.req.raw, reserve)
  try {
    const file = await upload({ ...query, account, defaults, body, mime, metadata, tags, permit: permitOf(caller) })
    return c.json(basicUploadResponse(url.origin, account, file))
  } finally {
    release()
  }
}

/** BasicUploadResponse */
export const basicUploadResponse = (origin: string, account: string, { etag, path }: FileInfo) => ({
  accountId: account,
  etag: `"${etag}"`,
  filePath: path,
  fileUrl: rawFileUrl(origin, account, path),
})
