import * as z from 'zod'
import { demandTags, permitOf, type Caller } from '../../../../service/access/access.ts'
import type { createUrlUpload } from '../../../../service/files/upload-from-url.ts'
import type { BytescaleContext } from '../env.ts'
import { readJsonBody } from '../../../json-body.ts'
import { destinationSchema, metadataSchema, tagsSchema } from './destination-schema.ts'
import { basicUploadResponse } from './binary.ts'

const MAX_BODY_BYTES = 30_000

export const urlUploadBody = z.strictObject({
  url: z.string(),
  mime: z.string().optional(),
  originalFileName: z.string().optional(),
  path: destinationSchema.optional(),
  metadata: metadataSchema.optional(),
  tags: tagsSchema.optional(),
  timeout: z.int().min(1).max(30_000).optional(),
})

export interface UrlUploadDeps {
  readonly urlUpload: ReturnType<typeof createUrlUpload>
}

/** `POST …/uploads/url`: UploadFromUrl (docs/protocols/bytescale.md §5.4). */
export async function answerUploadFromUrl(c: BytescaleContext, caller: Caller, { urlUpload }: UrlUploadDeps): Promise<Response> {
  const {
    url,
    mime = null,
    originalFileName = null,
    path,
    metadata = {},
    tags = [],
    timeout,
  } = await readJsonBody(c, urlUploadBody, MAX_BODY_BYTES)
  demandTags(caller, tags)
  const { account, defaults } = caller
  const wish = { account, defaults, destination: path, mime, originalFileName, metadata, tags, permit: permitOf(caller) }
  const { host, origin } = new URL(c.req.url)
  const file = await urlUpload({ ...wish, url, ownHost: host, timeoutMs: timeout })
  return c.json(basicUploadResponse(origin, account, file))
}
