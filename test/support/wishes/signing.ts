import { createCipheriv, createHmac } from 'node:crypto'
import { signatureOf } from '../filestack-policy.ts'

/** URLs and policies as clients sign them, by Node's own crypto. */

export interface UrlKey {
  readonly id: string
  /** Base64 of 32 bytes. */
  readonly secret: string
}

const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64')

/** HMAC-SHA-256 of a text, base64url: what stands behind `1.<key id>.`. */
export const hmacOf = (text: string, { secret }: UrlKey): string => createHmac('sha256', bytes(secret)).update(text).digest('base64url')

/** `host/path?query` as a signed URL without its scheme; `text` is what is signed. */
export const signedUrl = (url: string, key: UrlKey, text = url): string => `${url}&sig=1.${key.id}.${hmacOf(text, key)}`

/** `host/path` with an encrypted query; `address` is the additional data. */
export function encryptedUrl(url: string, query: string, key: UrlKey, address: string | null = url, secret = key.secret): string {
  const iv = createHmac('sha256', 'iv').update(query).digest().subarray(0, 12)
  const cipher = createCipheriv('aes-256-gcm', bytes(secret), iv)
  if (address !== null) cipher.setAAD(Buffer.from(address))
  const sealed = Buffer.concat([cipher.update(query, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return `${url}?enc=1.${key.id}.${iv.toString('base64url')}.${sealed.toString('base64url')}`
}

/** A policy as base64url with its padding. */
export const policyOf = (claims: unknown): string =>
  Buffer.from(JSON.stringify(claims)).toString('base64').replaceAll('+', '-').replaceAll('/', '_')

export { signatureOf }

/** Numbers from 0 to 1 that are the same in every run (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
