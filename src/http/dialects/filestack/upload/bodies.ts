import * as z from 'zod'
import { MAX_PARTS } from '../../../../service/handles/parts/choose-parts.ts'

/** The bodies of the calls below `/multipart` (docs/protocols/filestack.md §5). */

const text = z.string().max(8192)
const optional = text.nullish()

/** What the SDK sends along with every call. Members without a comment mean nothing here. */
const store = z.strictObject({
  location: optional,
  path: optional,
  container: optional,
  access: z.enum(['private', 'public']).nullish(),
  disableStorageKey: z.boolean().nullish(),
  workflows: z.unknown().optional(),
  base64decode: z.boolean().nullish(),
  region: optional,
  tags: z.unknown().optional(),
  altText: optional,
})

const caller = { apikey: optional, policy: optional, signature: optional, fii: z.boolean().nullish(), store: store.nullish() }
const upload = {
  ...caller,
  /** As `start` answered them. The id is two handles long. */
  uri: text,
  upload_id: z.string().regex(/^[A-Za-z0-9]{40}$/, 'Expected the upload_id that start answered.'),
  region: optional,
  /** The SDK for Python repeats the whole answer of `start`. */
  upload_type: optional,
}
const size = z.int().min(0)
const partNumber = z.int().min(1).max(MAX_PARTS)
const md5 = z.string().regex(/^[A-Za-z0-9+/]{22}==$/, 'Expected the MD5 of the bytes in base64.')
const tags = { upload_tags: z.unknown().optional(), alt: optional }

export const startBody = z.strictObject({ ...caller, ...tags, filename: text.min(1), mimetype: optional, size })
export const pieceBody = z.strictObject({
  ...upload,
  part: partNumber,
  size: size.min(1),
  md5: md5.nullish(),
  /** Inside the part; for chunks of the intelligent ingestion. */
  offset: size.nullish(),
})
/** `size` is that of the whole file. */
export const commitBody = z.strictObject({ ...upload, part: partNumber, size: size.nullish() })
export const completeBody = z.strictObject({
  ...upload,
  ...tags,
  size,
  filename: optional,
  mimetype: optional,
  parts: z
    .array(z.strictObject({ part_number: partNumber, etag: z.string().min(1).max(255) }))
    .max(MAX_PARTS)
    .nullish(),
})

export type StartBody = z.output<typeof startBody>
/** What all calls of an upload under way have. */
export type UploadBody = z.output<typeof commitBody> | z.output<typeof pieceBody> | z.output<typeof completeBody>

export const MAX_BODY_BYTES = 65_536
/** 10,000 parts with their ETags. */
export const MAX_COMPLETE_BYTES = 2_000_000
