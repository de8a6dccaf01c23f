import { permitOf } from '../../../../service/access/access.ts'
import type { UploadCondition } from '../../../../service/files/upload.ts'
import { readBody } from '../body/read-body.ts'
import type { Call, S3Deps } from '../call.ts'
import { refuse } from '../codes.ts'
import { pathOfKey } from '../keys.ts'
import type { S3Request } from '../request.ts'
import { readMeta } from './headers.ts'

/** PutObject. */
export async function answerPut({ request, signed, account, caller }: Call, deps: S3Deps): Promise<Response> {
  const path = pathOfKey(request.key)
  const meta = readMeta(request)
  const onlyIf = readCondition(request)
  const { body, echoes } = await readBody(request, signed, deps.maxUploadBytes(account), deps)
  const file = await deps.upload({ ...meta, account, destination: path, body, permit: permitOf(caller), ...(onlyIf && { onlyIf }) })
  return new Response(null, { headers: { ...echoes(), ETag: `"${file.etag}"`, 'Cache-Control': 'no-store' } })
}

/** `If-None-Match: *` or `If-Match` with one ETag. @throws AppError NotImplemented for other conditions of a write. */
export function readCondition({ headers }: S3Request): UploadCondition | null {
  const [match, noneMatch] = [headers.get('if-match'), headers.get('if-none-match')]
  if (match === undefined && noneMatch === undefined) return null
  if (noneMatch?.trim() === '*' && match === undefined) return { isAbsent: true }
  const etag = /^\s*"?([^"*,\s]+)"?\s*$/.exec(match ?? '')?.[1]
  if (etag === undefined || noneMatch !== undefined)
    throw refuse('NotImplemented', 'A write can have the condition If-None-Match: * or If-Match with one ETag.')
  return { etag }
}
