import { permitOf } from '../../../../service/access/access.ts'
import { addressGroup } from '../../../../service/outbound/ranges.ts'
import type { Call, S3Deps } from '../call.ts'
import { pathOfKey } from '../keys.ts'
import { readMeta } from '../object/headers.ts'
import { answerXml } from '../xml/write.ts'
import { readPartChecksum, typeOf } from './checksum.ts'

/** CreateMultipartUpload. */
export async function answerBegin({ request, account, caller }: Call, { uploads }: S3Deps): Promise<Response> {
  const path = pathOfKey(request.key)
  const checksum = readPartChecksum(request)
  const sender = {
    keyId: caller.keyId,
    address: addressGroup(request.headers.get('cf-connecting-ip') ?? ''),
    isTrusted: caller.kind === 'secret',
  }
  const { uploadId } = await uploads.begin({ ...readMeta(request), account, sender, path, permit: permitOf(caller), checksum })
  const response = answerXml('InitiateMultipartUploadResult', { Bucket: account, Key: request.key, UploadId: uploadId })
  if (checksum) {
    response.headers.set('x-amz-checksum-algorithm', checksum.name)
    response.headers.set('x-amz-checksum-type', typeOf(checksum))
  }
  return response
}
