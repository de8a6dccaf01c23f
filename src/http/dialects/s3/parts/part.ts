import type { CheckedBody } from '../body/read-body.ts'
import { readBody, sizeOfBody } from '../body/read-body.ts'
import type { Call, S3Deps } from '../call.ts'
import { addressOf, partNumberOf } from './address.ts'
import { headerOf } from './checksum.ts'

/** UploadPart. */
export async function answerPart(call: Call, deps: S3Deps): Promise<Response> {
  const { request, signed } = call
  const [{ name, path }, number] = [addressOf(call), partNumberOf(call)]
  const session = await deps.uploads.expect(name, path, number, sizeOfBody(request, signed))
  const { checksum, maxBytes } = session.upload
  const wanted = checksum && headerOf(checksum)
  const checked: CheckedBody = await readBody(request, signed, maxBytes, deps, wanted)
  const { body, size, echoes } = checked
  const part = await deps.uploads.put(session, number, {
    body,
    size,
    checksum: () => (wanted === null ? null : (echoes()[wanted] ?? null)),
  })
  return new Response(null, { headers: { ...echoes(), ETag: `"${part.etag}"`, 'Cache-Control': 'no-store' } })
}
