import { AppError } from '../../../../errors.ts'
import type { CollectedBody } from '../../../../service/files/content/collect-body.ts'
import type { Reserve } from '../../../../service/files/content/growing-lease.ts'
import { essenceOf } from '../../../../service/files/content/media-type.ts'
import { cleanFileName } from '../../../../service/files/cut-name.ts'
import { readBodyBytes } from '../../../body-bytes.ts'
import { readFileBody } from '../../../file-body.ts'
import { demandPlain } from '../../../forms/part-headers.ts'
import { readWholeForm } from '../../../forms/whole-form.ts'
import { parseJson } from '../../../parse-json.ts'
import type { Entries } from './options.ts'

/** The name of the file in a form. */
const FILE_FIELD = 'fileUpload'
/** A longer body is a file, whatever its type says. */
const MAX_WORDS = 65_536
const TEXT = 'text/plain'

/** What a request sends: a file, or the URL of one. `fields` are options that stand in the body. */
export type Sent = { readonly fields: Entries; release(): void } & (
  | {
      readonly kind: 'url'
      readonly url: string
      /** What the source is sent besides. */
      readonly headers?: Readonly<Record<string, string>>
    }
  | {
      readonly kind: 'file'
      readonly fileName: string | null
      readonly mime: string | null
      /** The type of what stays unknown. */
      readonly unknownMime: string
      open(): Promise<CollectedBody>
    }
)

const nothing = (): void => undefined

/**
 * Reads which of the four bodies a request has: a form, bytes, `url=` urlencoded, or `{"url": …}` (docs/protocols/filestack.md §2). Of a body of bytes
 * nothing is read yet. A body that says that it is urlencoded or JSON and has no `url` is bytes.
 * @throws AppError `invalid_body`, `file_too_large`, `overloaded`.
 */
export async function readSent(request: Request, reserve: Reserve): Promise<Sent> {
  const type = request.headers.get('Content-Type')
  const essence = essenceOf(type ?? '')
  if (essence === 'multipart/form-data') return readForm(request, reserve)
  const isForm = essence === 'application/x-www-form-urlencoded'
  // curl says so of any body whose type it is not told.
  const mime = isForm ? null : type
  if (!isForm && essence !== 'application/json') return bytes(request, mime, () => readFileBody(request, reserve))
  if (Number(request.headers.get('Content-Length') ?? 0) > MAX_WORDS) return bytes(request, mime, () => readFileBody(request, reserve))
  const body = await readShort(request, reserve)
  if (!(body instanceof Uint8Array)) return { ...bytes(request, mime, async () => body), release: body.release }
  const text = new TextDecoder().decode(body)
  const fields = isForm ? [...new URLSearchParams(text)] : fieldsOfJson(text)
  const url = fields?.find(([name]) => name === 'url')?.[1]
  if (fields === null || url === undefined) return bytes(request, mime, async () => ({ body, release: nothing }))
  return { kind: 'url', url, fields: fields.filter(([name]) => name !== 'url'), release: nothing }
}

/** Bytes without a type and a length are no file. */
function bytes(request: Request, mime: string | null, open: () => Promise<CollectedBody>): Sent {
  const isEmpty = request.body === null || request.headers.get('Content-Length') === '0'
  if (isEmpty && request.headers.get('Content-Type') === null)
    throw new AppError('invalid_body', { reason: `Expected a file: a body, the form field ${JSON.stringify(FILE_FIELD)}, or "url".` })
  return {
    kind: 'file',
    fields: [],
    fileName: null,
    mime,
    unknownMime: mime === null ? TEXT : 'application/octet-stream',
    open,
    release: nothing,
  }
}

/** The bytes of a body of at most `MAX_WORDS`; a longer one that declares no length as it was collected. */
async function readShort(request: Request, reserve: Reserve): Promise<Uint8Array | CollectedBody> {
  if (request.headers.get('Content-Length') !== null) return readBodyBytes(request, MAX_WORDS)
  const collected = await readFileBody(request, reserve)
  const { body } = collected
  if (body instanceof Uint8Array) return body
  if (body.size > MAX_WORDS) return collected
  return new Uint8Array(await new Response(body.stream).arrayBuffer().finally(collected.release))
}

/** The members of a JSON object with a `url` as texts; `null` for any other text, which is a file. */
function fieldsOfJson(text: string): Entries | null {
  const json = tryJson(text)
  if (typeof json !== 'object' || json === null || !Object.hasOwn(json, 'url')) return null
  return Object.entries(json)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => {
      if (name === 'url' && typeof value !== 'string') throw new AppError('invalid_body', { field: 'url', reason: 'Expected a text.' })
      return [name, typeof value === 'object' ? JSON.stringify(value) : String(value)] as const
    })
}

function tryJson(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return null
  }
}

async function readForm(request: Request, reserve: Reserve): Promise<Sent> {
  const { fields, file, release } = await readWholeForm(request, FILE_FIELD, reserve)
  try {
    if (file) {
      demandPlain(file)
      const { fileName, mime, body } = file
      const name = fileName === null ? null : cleanFileName(fileName)
      const open = async (): Promise<CollectedBody> => ({ body, release: nothing })
      return { kind: 'file', fields, fileName: name, mime, unknownMime: 'application/octet-stream', open, release }
    }
    const url = fields.find(([name]) => name === 'url')?.[1]
    if (url === undefined)
      throw new AppError('invalid_body', { field: FILE_FIELD, reason: `Expected the form field ${JSON.stringify(FILE_FIELD)}, or "url".` })
    return { kind: 'url', url, fields: fields.filter(([name]) => name !== 'url'), release }
  } catch (thrown) {
    release()
    throw thrown
  }
}
