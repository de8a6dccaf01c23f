import type { Context } from 'hono'
import { AppError } from '../../../errors.ts'
import type { Destination } from '../../../service/destination.ts'
import type { FileBody, FileMeta } from '../../../service/ports.ts'
import type { createUpload } from '../../../service/upload.ts'
import { type Args, readArgs } from '../../args.ts'
import type { Credential } from '../../credentials.ts'
import type { AppEnv } from '../../dialect.ts'
import { metadataSchema } from './destination-schema.ts'
import { rawFileUrl } from './url.ts'

/** A body without a declared length is collected in memory, up to this. */
const MAX_BUFFERED_BYTES = 50_000_000

export interface UploadDeps {
  readonly upload: ReturnType<typeof createUpload>
}

export interface UploadQuery {
  readonly destination: Destination | undefined
  readonly originalFileName: string | null
  readonly tags: readonly string[]
}

/** `POST /v2/accounts/{account}/uploads/binary`: BasicUpload (spec/bytescale §5.4). */
export async function answerUploadBinary(c: Context<AppEnv>, { account, kind }: Credential, { upload }: UploadDeps): Promise<Response> {
  const url = new URL(c.req.url)
  const { destination, originalFileName, tags } = readUploadQuery(url.searchParams)
  const file = await upload({
    account,
    destination,
    body: await readBody(c.req.raw),
    mime: c.req.header('Content-Type') ?? null,
    originalFileName,
    metadata: readMetadata(c.req.header('X-Upload-Metadata')),
    tags,
    mayOverwrite: kind === 'secret',
  })
  return c.json({ accountId: account, etag: `"${file.etag}"`, filePath: file.path, fileUrl: rawFileUrl(url.origin, account, file.path) })
}

/** "`filePath` (literal, excludes the next ones), `folderPath`, …, `tag` (repeatable)" */
export function readUploadQuery(search: URLSearchParams): UploadQuery {
  const args = readArgs([...search].filter(([name]) => name !== 'tag'))
  const filePath = args.text('filePath')
  const rule = readRule(args)
  const originalFileName = args.text('originalFileName') ?? null
  args.done()
  if (filePath !== undefined && rule !== undefined)
    throw new AppError('invalid_parameter', { field: 'filePath', reason: 'Expected filePath, or folderPath and fileName, received both.' })
  return { destination: filePath ?? rule, originalFileName, tags: search.getAll('tag') }
}

function readRule(args: Args): Destination | undefined {
  const rule = {
    folderPath: args.text('folderPath'),
    folderPathVariablesEnabled: args.flag('folderPathVariablesEnabled'),
    fileName: args.text('fileName'),
    fileNameFallback: args.text('fileNameFallback'),
    fileNameVariablesEnabled: args.flag('fileNameVariablesEnabled'),
  }
  return Object.values(rule).some((value) => value !== undefined) ? rule : undefined
}

export function readMetadata(header: string | undefined): FileMeta['metadata'] {
  if (header === undefined) return {}
  try {
    return metadataSchema.parse(JSON.parse(header))
  } catch (cause) {
    throw new AppError('invalid_parameter', { field: 'X-Upload-Metadata', reason: 'Expected a JSON object.', cause })
  }
}

/** Storage must know the length in advance: a declared one is streamed through, a chunked body is collected first. */
async function readBody(request: Request): Promise<FileBody> {
  const declared = request.headers.get('Content-Length')
  if (declared !== null && request.body) return { stream: request.body, size: Number(declared) }
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > MAX_BUFFERED_BYTES)
      throw new AppError('file_too_large', { reason: `Expected a Content-Length for more than ${MAX_BUFFERED_BYTES} bytes.` })
    chunks.push(chunk)
  }
  return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer())
}
