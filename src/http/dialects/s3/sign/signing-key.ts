import { bytesOf, hmacSha256 } from '../../../hmac.ts'
import { hex } from '../body/encodings.ts'
import type { Scope } from './canonical.ts'

/** Signs texts in one scope: lower-case hex. */
export type SignText = (text: string) => Promise<string>

/** Source: "Calculate a signature" of the S3 API Reference. */
export async function createSigner(secret: string, { date, region }: Scope): Promise<SignText> {
  let key: Uint8Array = bytesOf(`AWS4${secret}`)
  for (const part of [date, region, 's3', 'aws4_request']) key = await hmacSha256(key, part)
  return async (text) => hex(await hmacSha256(key, text))
}
