import { demand, permits } from '../../../../service/access/access.ts'
import type { Call, S3Deps } from '../call.ts'
import { refuse } from '../codes.ts'
import { pathOfKey } from '../keys.ts'
import { answerXml } from '../xml/write.ts'
import { readMeta } from './headers.ts'
import { readCondition } from './put.ts'
import { readCopySource } from './source.ts'

/** CopyObject, within the account. */
export async function answerCopy(call: Call, deps: S3Deps): Promise<Response> {
  const { request, account, caller } = call
  const destination = pathOfKey(request.key)
  const directive = request.headers.get('x-amz-metadata-directive') ?? 'COPY'
  if (directive !== 'COPY' && directive !== 'REPLACE') throw refuse('InvalidArgument', 'Unknown metadata directive.')
  if (readCondition(request)) throw refuse('NotImplemented', 'A copy has no condition on what it replaces.')
  const source = await readCopySource(call, deps)
  if (source.path === destination && directive === 'COPY')
    throw refuse(
      'InvalidRequest',
      'This copy request is illegal because it is trying to copy an object to itself without changing the object’s metadata.',
    )
  demand(caller, 'createFile', destination)
  const { mime, metadata, originalFileName } = readMeta(request)
  const replaced = directive === 'COPY' ? {} : { metadata: { value: metadata }, mime: mime ?? source.mime, originalFileName }
  const mayOverwrite = permits(caller, 'overwriteFile', destination)
  const file = await deps.copyFile({ account, source: source.path, destination, mayOverwrite, ...replaced })
  return answerXml('CopyObjectResult', { LastModified: file.lastModified.toISOString(), ETag: `"${file.etag}"` })
}
