import { demandBelow } from '../../../../service/access/access.ts'
import type { OpenUpload } from '../../../../service/files/parts/ports.ts'
import type { SentPart } from '../../../../service/files/parts/session.ts'
import { ownerOf, placeOf } from '../bucket/list.ts'
import { readEncoding } from '../bucket/list-query.ts'
import type { Call, S3Deps } from '../call.ts'
import { keyOfPath } from '../keys.ts'
import { wholeNumber } from '../parameters.ts'
import { parameter } from '../request.ts'
import { answerXml } from '../xml/write.ts'
import { addressOf, noSuchUpload } from './address.ts'
import { elementOf, typeOf } from './checksum.ts'

const MOST = 1000
export const PART_LIST_PARAMETERS = ['part-number-marker', 'max-parts', 'encoding-type']
export const UPLOAD_LIST_PARAMETERS = ['prefix', 'key-marker', 'upload-id-marker', 'max-uploads', 'encoding-type']

/** ListParts. */
export async function answerParts(call: Call, { uploads }: S3Deps): Promise<Response> {
  const { request, account } = call
  const { name, path } = addressOf(call)
  const { write, encoding } = readEncoding(parameter(request, 'encoding-type') ?? '')
  const limit = wholeNumber(parameter(request, 'max-parts'), 'max-parts', MOST, MOST)
  const after = wholeNumber(parameter(request, 'part-number-marker'), 'part-number-marker', 2 ** 31, 0)
  const { session, parts, hasMore } = await uploads.list(name, path, after, limit)
  if (session.phase !== 'open' && session.phase !== 'joining') throw noSuchUpload()
  const { checksum, keyId } = session.upload
  const describe = ({ number, size, etag, storedAt, checksum: sum }: SentPart) => ({
    PartNumber: number,
    LastModified: new Date(storedAt).toISOString(),
    ETag: `"${etag}"`,
    Size: size,
    ...(checksum && sum !== null && { [elementOf(checksum)]: sum }),
  })
  return answerXml('ListPartsResult', {
    Bucket: account,
    EncodingType: encoding,
    Key: write(request.key),
    UploadId: name.uploadId,
    PartNumberMarker: after,
    NextPartNumberMarker: parts.at(-1)?.number ?? after,
    MaxParts: limit,
    IsTruncated: hasMore,
    Part: parts.map(describe),
    Initiator: ownerOf(keyId),
    Owner: ownerOf(account),
    StorageClass: 'STANDARD',
    ...(checksum && { ChecksumAlgorithm: checksum.name, ChecksumType: typeOf(checksum) }),
  })
}

/** ListMultipartUploads. It takes the right to list everything below the folder in which the prefix ends. */
export async function answerUploads({ request, account, caller }: Call, { uploads }: S3Deps): Promise<Response> {
  const said = (name: string): string => parameter(request, name) ?? ''
  const prefix = said('prefix')
  const { write, encoding } = readEncoding(said('encoding-type'))
  const limit = wholeNumber(parameter(request, 'max-uploads'), 'max-uploads', MOST, MOST)
  demandBelow(caller, 'listFolderChildren', placeOf(prefix)?.folder ?? '/', true)
  const wish = {
    prefix: `/${prefix}`,
    afterPath: said('key-marker') === '' ? '' : `/${said('key-marker')}`,
    // Without a key it means nothing.
    afterId: said('key-marker') === '' ? '' : said('upload-id-marker'),
    limit: limit + 1,
  }
  const found = limit === 0 ? [] : await uploads.listUploads(account, wish)
  const [page, hasMore] = [found.slice(0, limit), found.length > limit]
  const last = page.at(-1)
  const describe = ({ uploadId, path, startedAt, keyId }: OpenUpload) => ({
    Key: write(keyOfPath(path)),
    UploadId: uploadId,
    Initiator: ownerOf(keyId),
    Owner: ownerOf(account),
    StorageClass: 'STANDARD',
    Initiated: new Date(startedAt).toISOString(),
  })
  return answerXml('ListMultipartUploadsResult', {
    Bucket: account,
    KeyMarker: write(said('key-marker')),
    UploadIdMarker: said('upload-id-marker'),
    NextKeyMarker: hasMore && last ? write(keyOfPath(last.path)) : undefined,
    NextUploadIdMarker: hasMore ? last?.uploadId : undefined,
    EncodingType: encoding,
    MaxUploads: limit,
    IsTruncated: hasMore,
    Prefix: prefix === '' ? undefined : write(prefix),
    Upload: page.map(describe),
  })
}
