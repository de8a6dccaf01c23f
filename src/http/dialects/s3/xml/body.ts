import { AppError } from '../../../../errors.ts'
import { type BodyDeps, readBody } from '../body/read-body.ts'
import type { Call } from '../call.ts'
import { refuse } from '../codes.ts'
import { readXml, type XmlElement } from './read.ts'

/**
 * The document that a request brings, whole and checked as a file's bytes are.
 * @throws AppError MaxMessageLengthExceeded, MalformedXML, and those of `readBody`.
 */
export async function readSmallXml(
  { request, signed }: Pick<Call, 'request' | 'signed'>,
  maxBytes: number,
  deps: BodyDeps,
): Promise<XmlElement> {
  try {
    const { body } = await readBody(request, signed, maxBytes, deps)
    const bytes = body instanceof Uint8Array ? body : new Uint8Array(await new Response(body.stream).arrayBuffer())
    return readXml(new TextDecoder().decode(bytes))
  } catch (thrown) {
    const error = AppError.from(thrown)
    throw error.code === 'file_too_large' ? refuse('MaxMessageLengthExceeded', 'Your request was too big.') : error
  }
}
