import { createHmac } from 'node:crypto'

/** A policy as the vendor's clients sign it: padded base64url of JSON, and the lower-case hex of its HMAC. */
export function signPolicy(claims: unknown, secret: string): { readonly policy: string; readonly signature: string } {
  const text = typeof claims === 'string' ? claims : JSON.stringify(claims)
  const policy = Buffer.from(text).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
  return { policy, signature: signatureOf(policy, secret) }
}

export const signatureOf = (policy: string, secret: string): string => createHmac('sha256', secret).update(policy).digest('hex')
