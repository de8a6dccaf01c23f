import { AppError } from '../../../../errors.ts'
import type { ByteRange, FileBody } from '../../../../service/ports.ts'
import { summing } from '../body/checks.ts'
import { base64 } from '../body/encodings.ts'
import type { Call, S3Deps } from '../call.ts'
import { refuse } from '../codes.ts'
import { readCopySource } from '../object/source.ts'
import { answerXml } from '../xml/write.ts'
import { addressOf, partNumberOf } from './address.ts'
import { elementOf, headerOf } from './checksum.ts'

/** UploadPartCopy: a part that is a file of the account, or a range of its bytes. */
export async function answerPartCopy(call: Call, deps: S3Deps): Promise<Response> {
  const { account } = call
  const [{ name, path }, number] = [addressOf(call), partNumberOf(call)]
  const source = await readCopySource(call, deps)
  const range = rangeOf(call, source.size)
  const size = range.end - range.start
  const session = await deps.uploads.expect(name, path, number, size)
  const { checksum } = session.upload
  const open = size === 0 ? null : await deps.files.open(account, source.path, range)
  if (open && open.info.etag !== source.etag) throw new AppError('precondition_failed', { field: 'x-amz-copy-source' })
  if (!open && size > 0) throw new AppError('file_not_found', { reason: 'The specified key does not exist.' })
  const summed = open && checksum ? summing(open.body, headerOf(checksum), deps.newHash) : null
  const body: FileBody = open ? { stream: summed?.stream ?? open.body, size } : new Uint8Array()
  const part = await deps.uploads.put(session, number, { body, size, checksum: () => (summed === null ? null : base64(summed.digest())) })
  return answerXml('CopyPartResult', {
    LastModified: new Date(part.storedAt).toISOString(),
    ETag: `"${part.etag}"`,
    ...(checksum && part.checksum !== null && { [elementOf(checksum)]: part.checksum }),
  })
}

/** `x-amz-copy-source-range: bytes=first-last`, both of them; the whole file without it. @throws AppError InvalidArgument. */
function rangeOf({ request }: Call, size: number): ByteRange {
  const text = request.headers.get('x-amz-copy-source-range')
  if (text === undefined) return { start: 0, end: size }
  const [, first = '', last = ''] = /^bytes=(\d{1,15})-(\d{1,15})$/.exec(text) ?? []
  if (first === '')
    throw refuse(
      'InvalidArgument',
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are zero-based offsets.',
    )
  if (Number(first) > Number(last) || Number(last) >= size)
    throw refuse('InvalidArgument', `Range specified is not valid for source object of size: ${size}`)
  return { start: Number(first), end: Number(last) + 1 }
}
