import { isWithin } from '../../../../service/files/path-scope.ts'
import type { Call, S3Deps } from '../call.ts'
import { addressOf } from './address.ts'

/** AbortMultipartUpload. It takes the key that began the upload, or a secret key that reaches its path. */
export async function answerAbort(call: Call, { uploads }: S3Deps): Promise<Response> {
  const { caller } = call
  const { name, path } = addressOf(call)
  await uploads.abort(name, path, ({ keyId }) => keyId === caller.keyId || (caller.kind === 'secret' && isWithin(caller.folder, path)))
  return new Response(null, { status: 204 })
}
