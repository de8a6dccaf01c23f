import { type ListedPart, MAX_PART_NUMBER, type PartsSession, type SentPart } from '../../../../service/files/parts/session.ts'
import { chooseListed, sizeOf } from '../../../../service/files/parts/listed.ts'
import { logFailure } from '../../../dialect.ts'
import type { Call, S3Deps } from '../call.ts'
import { refuse } from '../codes.ts'
import type { S3Request } from '../request.ts'
import { readCondition } from '../object/put.ts'
import { readSmallXml } from '../xml/body.ts'
import { answerLate } from '../xml/late.ts'
import { childText, type XmlElement } from '../xml/read.ts'
import { rootElement } from '../xml/write.ts'
import { addressOf } from './address.ts'
import { checksumOfParts, elementOf, headerOf, typeOf } from './checksum.ts'

/** 10,000 parts with their ETags and checksums. */
const MAX_BYTES = 3_000_000
/** Headers that tell of the file, not of the body of this call. */
const OF_FILE = /^x-amz-checksum-/

/** CompleteMultipartUpload. */
export async function answerComplete(call: Call, deps: S3Deps): Promise<Response> {
  const { c, request, account } = call
  const { name, path } = addressOf(call)
  const ifAbsent = readIfAbsent(request)
  const root = await readSmallXml({ ...call, request: withoutFile(request) }, MAX_BYTES, deps)
  const { session, parts } = await deps.uploads.list(name, path, 0, MAX_PART_NUMBER)
  const list = readList(root, session)
  const checksum = checkFile(request, session, chooseListed(session.upload, parts, list), deps)
  const work = deps.uploads.complete(name, list, ifAbsent).then(({ etag }) =>
    rootElement('CompleteMultipartUploadResult', {
      Location: c.req.url.split('?')[0],
      Bucket: account,
      Key: request.key,
      ETag: `"${etag}"`,
      ...checksum,
    }),
  )
  const requestId = c.get('requestId')
  return answerLate(work, { resource: c.req.path, requestId }, { wait: deps.wait, failed: (error) => logFailure(error, requestId) })
}

function readIfAbsent(request: S3Request): boolean {
  const condition = readCondition(request)
  if (condition && 'etag' in condition) throw refuse('NotImplemented', 'Parts can be joined on the condition If-None-Match: * alone.')
  return condition !== null
}

const withoutFile = (request: S3Request): S3Request => ({
  ...request,
  headers: new Map([...request.headers].filter(([name]) => !OF_FILE.test(name))),
})

/** @throws AppError MalformedXML. */
function readList(root: XmlElement, { upload }: PartsSession): readonly ListedPart[] {
  const malformed = (): Error =>
    refuse('MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema.')
  const parts = root.children.filter(({ name }) => name === 'Part')
  if (root.name !== 'CompleteMultipartUpload' || parts.length < 1 || parts.length > MAX_PART_NUMBER) throw malformed()
  return parts.map((part) => {
    const [number = '', etag] = [childText(part, 'PartNumber')?.trim(), childText(part, 'ETag')?.trim()]
    if (!/^\d{1,6}$/.test(number) || etag === undefined) throw malformed()
    const checksum = upload.checksum ? childText(part, elementOf(upload.checksum))?.trim() : undefined
    return { number: Number(number), etag: etag.replaceAll('"', ''), checksum }
  })
}

/** Holds the file to what the client says of it, and tells its checksum. @throws AppError BadDigest, InvalidRequest. */
function checkFile(
  request: S3Request,
  { upload }: PartsSession,
  parts: readonly SentPart[],
  { newHash }: S3Deps,
): Readonly<Record<string, string>> {
  const size = request.headers.get('x-amz-mp-object-size')
  if (size !== undefined && Number(size) !== sizeOf(parts))
    throw refuse('InvalidRequest', `The provided 'x-amz-mp-object-size' header does not match what was computed: ${sizeOf(parts)}.`)
  const { checksum } = upload
  const other = [...request.headers.keys()].find(
    (name) => /^x-amz-checksum-(crc|sha)/.test(name) && (checksum === null || name !== headerOf(checksum)),
  )
  if (other !== undefined) throw refuse('InvalidRequest', `The upload was not begun with the checksum of the header ${other}.`)
  if (checksum === null) return {}
  const type = request.headers.get('x-amz-checksum-type')
  if (type !== undefined && type !== typeOf(checksum))
    throw refuse('InvalidRequest', `The upload was begun with checksums of the type ${typeOf(checksum)}.`)
  const own = checksumOfParts(checksum, parts, newHash)
  const said = request.headers.get(headerOf(checksum))
  if (said !== undefined && said !== own && said !== own?.split('-')[0])
    throw refuse('BadDigest', 'The checksum that you specified did not match that of the parts.')
  return own === null ? {} : { [elementOf(checksum)]: own, ChecksumType: typeOf(checksum) }
}
