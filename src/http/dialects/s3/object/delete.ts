import { demand } from '../../../../service/access/access.ts'
import type { Call, S3Deps } from '../call.ts'
import { pathOfKey } from '../keys.ts'

/** DeleteObject. What is not there counts as deleted. */
export async function answerDelete({ request, account, caller }: Call, deps: S3Deps): Promise<Response> {
  const path = pathOfKey(request.key)
  demand(caller, 'deleteFile', path)
  await deps.files.delete(account, [path])
  await deps.removed(account, path)
  return new Response(null, { status: 204 })
}
