import { checkFilePath } from '../../../../service/files/path.ts'
import type { KnownKey } from '../../../credentials.ts'
import { type ClockState, clockState, firstDifference, type SignatureExplanation } from '../../../explain/signature.ts'
import { bytesOf, fromBase64, toBase64Url } from '../../../hmac.ts'
import type { Target } from '../url.ts'
import { type ExplainedUrl, expiryOf, malformedSignature, secretOf, splitOnce, verdictOfClock } from './explain-signature.ts'
import { IV_BYTES, MAX_LIFETIME_MS } from './secure-url.ts'

const TAG_BYTES = 16

/**
 * Explains an encrypted URL. A text that does not authenticate is decrypted all the same, without trust: what would have been written for it shows whether the
 * text or the address differs.
 * @throws AppError `invalid_path` for a right URL whose text names no path.
 */
export async function explainEncrypted(
  texts: readonly string[],
  { path, query }: Target,
  enc: string,
  keys: readonly KnownKey[],
  tells: (keyId: string) => boolean,
  now: number,
): Promise<ExplainedUrl> {
  const base = { ...malformedSignature(enc, ''), scheme: 'bytescale encrypted URL' as const }
  const flaw = (message: string): ExplainedUrl => ({ signature: { ...base, message }, target: null })
  if (query.length !== 1) return flaw('Expected no parameters beside "enc".')
  const [version, keyId, iv, ciphertext, ...more] = enc.split('.')
  if (version !== '1' || keyId === undefined || iv === undefined || ciphertext === undefined || more.length > 0)
    return flaw('Expected 1.<key id>.<iv>.<ciphertext>.')
  const [ivBytes, bytes] = [fromBase64(iv), fromBase64(ciphertext)]
  if (ivBytes?.length !== IV_BYTES || bytes === null || bytes.length < TAG_BYTES)
    return flaw(`Expected an iv of ${IV_BYTES} bytes and a ciphertext with its tag, base64url.`)
  const secret = secretOf(keys, keyId)
  if (secret === null) {
    const message = `No key of the account with the id ${JSON.stringify(keyId.slice(0, 100))} signs URLs.`
    return { signature: { ...base, keyId, verdict: 'unknown key', message }, target: null }
  }
  const addresses = [...new Set(texts.map((text) => splitOnce(text, '?')[0]))]
  const sealed = { iv: ivBytes, bytes }
  const bound = await openBound(secret, sealed, [...addresses, null])
  if (bound) {
    const inner = [...new URLSearchParams(bound.text)]
    const clock = clockState(now, expiryOf(inner), MAX_LIFETIME_MS)
    const known = { ...base, keyId, clock, ...(tells(keyId) && { signedText: bound.text, expected: enc }) }
    return opened(known, inner, bound.address !== null, path, clock)
  }
  const text = await decryptUnchecked(secret, sealed)
  const usual = `1.${keyId}.${iv}.${toBase64Url(await seal(secret, ivBytes, text, addresses[0] ?? null))}`
  const told = tells(keyId) && { signedText: decode(text), expected: usual, difference: firstDifference('signature', usual, enc) }
  const signature: SignatureExplanation = {
    ...base,
    keyId,
    verdict: 'signature differs',
    message: 'It was not encrypted with this key, or for another URL, or it was changed.',
    ...told,
    cause: await findCause(addresses[0] ?? '', sealed, keys, keyId),
  }
  return { signature, target: null }
}

function opened(known: SignatureExplanation, inner: Target['query'], isBound: boolean, path: string, clock: ClockState): ExplainedUrl {
  const [hidden, second] = inner.filter(([name]) => name === 'path').map(([, value]) => value)
  if (second !== undefined) return { signature: { ...known, message: 'Expected "path" once.' }, target: null }
  const query = inner.filter(([name]) => name !== 'path')
  if (hidden === undefined && !isBound) {
    const message = 'Expected "path" in the encrypted text, or the host and path of the URL as additional data.'
    return { signature: { ...known, verdict: 'not bound', message }, target: null }
  }
  return {
    signature: { ...known, ...verdictOfClock(clock) },
    target: { path: hidden === undefined ? path : checkFilePath(hidden, 'path'), query },
  }
}

interface Sealed {
  readonly iv: Uint8Array<ArrayBuffer>
  /** The ciphertext, and its tag behind it. */
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** The text, and which of the addresses is its additional data; `null` when none authenticates. */
async function openBound(
  secret: Uint8Array<ArrayBuffer>,
  { iv, bytes }: Sealed,
  addresses: readonly (string | null)[],
): Promise<{ readonly text: string; readonly address: string | null } | null> {
  for (const address of addresses) {
    try {
      const key = await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['decrypt'])
      return { text: decode(new Uint8Array(await crypto.subtle.decrypt(gcm(iv, address), key, bytes))), address }
    } catch {
      // It authenticates with none or another one.
    }
  }
  return null
}

const gcm = (iv: Uint8Array<ArrayBuffer>, address: string | null) => ({
  name: 'AES-GCM',
  iv,
  ...(address !== null && { additionalData: bytesOf(address) }),
})

async function seal(
  secret: Uint8Array<ArrayBuffer>,
  iv: Uint8Array<ArrayBuffer>,
  text: Uint8Array<ArrayBuffer>,
  address: string | null,
): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt'])
  return new Uint8Array(await crypto.subtle.encrypt(gcm(iv, address), key, text))
}

/** GCM is a counter mode whose texts begin at the counter 2 (NIST SP 800-38D §7.1): without the tag it tells what was encrypted, if nobody changed it. */
async function decryptUnchecked(secret: Uint8Array<ArrayBuffer>, { iv, bytes }: Sealed): Promise<Uint8Array<ArrayBuffer>> {
  const counter = new Uint8Array(TAG_BYTES)
  counter.set(iv)
  counter[TAG_BYTES - 1] = 2
  const key = await crypto.subtle.importKey('raw', secret, 'AES-CTR', false, ['decrypt'])
  return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-CTR', counter, length: 32 }, key, bytes.slice(0, -TAG_BYTES)))
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** The mistakes that are made: each is tried, and found when the tag is of it. */
async function findCause(address: string, sealed: Sealed, keys: readonly KnownKey[], keyId: string): Promise<string | null> {
  const secret = secretOf(keys, keyId)
  const [, path = ''] = splitOnce(address, '/')
  const variants: readonly (readonly [cause: string, address: string])[] = [
    ['The additional data has the scheme too.', `https://${address}`],
    ['The additional data has the scheme too.', `http://${address}`],
    ['The additional data is the path alone.', `/${path}`],
    ['The additional data has a "?" at its end.', `${address}?`],
  ]
  for (const [cause, variant] of secret ? variants : []) if (secret && (await openBound(secret, sealed, [variant]))) return cause
  for (const key of keys) {
    const other = key.keyId === keyId ? null : secretOf(keys, key.keyId)
    if (other && (await openBound(other, sealed, [address, null]))) return `It was encrypted with the key ${JSON.stringify(key.keyId)}.`
  }
  return null
}
