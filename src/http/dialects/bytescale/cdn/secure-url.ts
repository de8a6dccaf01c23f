import { AppError } from '../../../../errors.ts'
import type { Caller } from '../../../../service/access/access.ts'
import { checkFilePath } from '../../../../service/files/path.ts'
import type { Clock } from '../../../../service/ports.ts'
import { callerOf, type KnownKey } from '../../../credentials.ts'
import { bytesOf, fromBase64, verifyText } from '../../../hmac.ts'
import { readExpiry } from '../image-query/delivery.ts'
import type { Target } from '../url.ts'
import { spellingsOf } from './url-spellings.ts'

/** `exp` is at most seven days ahead. */
export const MAX_LIFETIME_MS = 7 * 24 * 3600 * 1000
export const IV_BYTES = 12

export interface SecureTarget extends Target {
  /** The key that signed or encrypted the URL. Its permissions at the time of the request count. `null`: the URL is neither. */
  readonly signer: Caller | null
}

/**
 * Opens a signed (`sig`) or encrypted (`enc`) URL (docs/protocols/bytescale.md §6.5). Every flaw is an error, for public files too: such a
 * URL promises that nobody has changed it.
 * @param hostHeader as the client wrote it: its letters may be capitals that the URL parser has changed.
 * @throws AppError `signature_invalid`, `gone`.
 */
export async function openSecureUrl(
  url: URL,
  hostHeader: string | undefined,
  target: Target,
  account: string,
  keys: readonly KnownKey[],
  clock: Clock,
): Promise<SecureTarget> {
  const own = keys.filter((key) => key.account === account)
  const [sig, enc] = ['sig', 'enc'].map((name) => target.query.filter((entry) => entry[0] === name).map(([, value]) => value))
  if (sig?.[0] !== undefined && enc?.[0] === undefined && sig.length === 1)
    return openSigned(spellingsOf(url, hostHeader), target, sig[0], own, clock)
  if (enc?.[0] !== undefined && sig?.[0] === undefined && enc.length === 1)
    return openEncrypted(spellingsOf(url, hostHeader), target, enc[0], own, clock)
  if (sig?.[0] !== undefined || enc?.[0] !== undefined) throw invalid('Expected "sig" or "enc", once.')
  return { ...target, signer: null }
}

/** `1.<apiKeyId>.<base64url(HMAC-SHA256)>` over host, path and query without scheme and `sig`. */
async function openSigned(
  spellings: readonly string[],
  { path, query }: Target,
  sig: string,
  keys: readonly KnownKey[],
  clock: Clock,
): Promise<SecureTarget> {
  const [version, keyId, signature, ...more] = sig.split('.')
  if (version !== '1' || keyId === undefined || signature === undefined || more.length > 0)
    throw invalid('Expected 1.<key id>.<signature>.')
  const [key, secret] = secretOf(keys, keyId)
  const verdicts = await Promise.all(spellings.map((text) => verifyText(secret, withoutSignature(text), signature)))
  if (!verdicts.includes(true)) throw invalid('The signature does not belong to this URL.')
  const rest = query.filter(([name]) => name !== 'sig')
  checkExpiry(rest, clock)
  return { path, query: rest, signer: callerOf(key) }
}

/** The parameters keep their order and spelling. */
export function withoutSignature(text: string): string {
  const [address, search] = divide(text)
  const pairs = search.split('&').filter((pair) => pair !== '' && !pair.startsWith('sig='))
  return pairs.length === 0 ? address : `${address}?${pairs.join('&')}`
}

/** Host and path, and the query behind the first `?`. */
export function divide(text: string): readonly [address: string, search: string] {
  const query = text.indexOf('?')
  return query < 0 ? [text, ''] : [text.slice(0, query), text.slice(query + 1)]
}

/**
 * `1.<apiKeyId>.<iv>.<ciphertext>`: AES-GCM of the query string. The file is bound in one of two ways: host and path of the URL are the
 * additional data of the cipher, or there is no additional data and `path` stands inside. A URL with neither would open any file, so it is
 * refused. Parameters beside `enc` are not protected, so they are refused too.
 */
async function openEncrypted(
  spellings: readonly string[],
  { path, query }: Target,
  enc: string,
  keys: readonly KnownKey[],
  clock: Clock,
): Promise<SecureTarget> {
  if (query.length !== 1) throw invalid('Expected no parameters beside "enc".')
  const [version, keyId, iv, ciphertext, ...more] = enc.split('.')
  if (version !== '1' || keyId === undefined || iv === undefined || ciphertext === undefined || more.length > 0) {
    throw invalid('Expected 1.<key id>.<iv>.<ciphertext>.')
  }
  const [key, secret] = secretOf(keys, keyId)
  const { text, isBound } = await decrypt(secret, iv, ciphertext, [...new Set(spellings.map((spelling) => divide(spelling)[0]))])
  const inner = [...new URLSearchParams(text)]
  checkExpiry(inner, clock)
  const hidden = inner.filter(([name]) => name === 'path').map(([, value]) => value)
  if (hidden.length > 1) throw invalid('Expected "path" once.')
  if (hidden[0] === undefined && !isBound)
    throw invalid('Expected "path" in the encrypted text, or the host and path of the URL as additional data.')
  return {
    // The path inside overrides the path of the URL.
    path: hidden[0] === undefined ? path : checkFilePath(hidden[0], 'path'),
    query: inner.filter(([name]) => name !== 'path'),
    signer: callerOf(key),
  }
}

/** @param addresses that may be the additional data; none of them is `isBound: false`. */
async function decrypt(
  secret: Uint8Array<ArrayBuffer>,
  iv: string,
  ciphertext: string,
  addresses: readonly string[],
): Promise<{ readonly text: string; readonly isBound: boolean }> {
  const [ivBytes, bytes] = [fromBase64(iv), fromBase64(ciphertext)]
  if (ivBytes?.length !== IV_BYTES || bytes === null) throw invalid(`Expected an iv of ${IV_BYTES} bytes and a ciphertext, base64url.`)
  let failure: unknown
  for (const address of [...addresses, null]) {
    const additional = address !== null && { additionalData: bytesOf(address) }
    try {
      const key = await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['decrypt'])
      const text = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: ivBytes, ...additional }, key, bytes)
      return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text), isBound: address !== null }
    } catch (cause) {
      failure = cause
    }
  }
  throw invalid('It was not encrypted with this key, or for another URL.', failure)
}

function secretOf(keys: readonly KnownKey[], keyId: string): readonly [KnownKey, Uint8Array<ArrayBuffer>] {
  const key = keys.find((candidate) => candidate.keyId === keyId)
  const secret = key?.secureUrlKey === undefined ? null : fromBase64(key.secureUrlKey)
  if (!key || secret === null) throw invalid('No key of the account with this id signs URLs.')
  return [key, secret]
}

/** `exp` is required beside `sig` and in `enc`. */
function checkExpiry(query: Target['query'], clock: Clock): void {
  const expiresAt = readExpiry(query.find(([name]) => name === 'exp')?.[1])
  if (expiresAt === undefined) throw invalid('Expected "exp" as a time.')
  if (expiresAt <= clock.now()) throw new AppError('gone', { field: 'exp' })
  if (expiresAt > clock.now() + MAX_LIFETIME_MS) throw invalid('Expected "exp" to be at most 7 days from now.')
}

const invalid = (reason: string, cause?: unknown): AppError => new AppError('signature_invalid', { reason, cause })
