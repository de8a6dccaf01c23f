import { AppError } from '../../../../errors.ts'
import type { Caller } from '../../../../service/access/access.ts'
import { checkFilePath } from '../../../../service/files/path.ts'
import type { Clock } from '../../../../service/ports.ts'
import { callerOf, type KnownKey } from '../../../credentials.ts'
import { fromBase64, verifyText } from '../../../hmac.ts'
import { readExpiry } from '../image-query/delivery.ts'
import type { Target } from '../url.ts'

/** "must be less than 7 days from now" */
const MAX_LIFETIME_MS = 7 * 24 * 3600 * 1000
const IV_BYTES = 12

export interface SecureTarget extends Target {
  /** The key that signed or encrypted the URL: its permissions count at the time of the request. `null`: the URL is neither. */
  readonly signer: Caller | null
}

/**
 * Opens a signed (`sig`) or encrypted (`enc`) URL (docs/protocols/bytescale.md §6.5). Any flaw is an error, also where the file is public: such a URL
 * promises that nobody has changed it.
 * @throws AppError `signature_invalid`, `gone`.
 */
export async function openSecureUrl(
  url: URL,
  target: Target,
  account: string,
  keys: readonly KnownKey[],
  clock: Clock,
): Promise<SecureTarget> {
  const own = keys.filter((key) => key.account === account)
  const [sig, enc] = ['sig', 'enc'].map((name) => target.query.filter((entry) => entry[0] === name).map(([, value]) => value))
  if (sig?.[0] !== undefined && enc?.[0] === undefined && sig.length === 1) return openSigned(url, target, sig[0], own, clock)
  if (enc?.[0] !== undefined && sig?.[0] === undefined && enc.length === 1) return openEncrypted(target, enc[0], own, clock)
  if (sig?.[0] !== undefined || enc?.[0] !== undefined) throw invalid('Expected "sig" or "enc", once.')
  return { ...target, signer: null }
}

/** `1.<apiKeyId>.<base64url(HMAC-SHA256)>` over host, path and query without scheme and `sig`. */
async function openSigned(url: URL, { path, query }: Target, sig: string, keys: readonly KnownKey[], clock: Clock): Promise<SecureTarget> {
  const [version, keyId, signature, ...more] = sig.split('.')
  if (version !== '1' || keyId === undefined || signature === undefined || more.length > 0)
    throw invalid('Expected 1.<key id>.<signature>.')
  const [key, secret] = secretOf(keys, keyId)
  if (!(await verifyText(secret, signedText(url), signature))) throw invalid('The URL is not the one that was signed.')
  const rest = query.filter(([name]) => name !== 'sig')
  checkExpiry(rest, clock)
  return { path, query: rest, signer: callerOf(key) }
}

/** The parameters in the order and spelling in which they stand in the URL. */
function signedText(url: URL): string {
  const search = url.search
    .slice(1)
    .split('&')
    .filter((pair) => !pair.startsWith('sig='))
    .join('&')
  return `${url.host}${url.pathname}${search === '' ? '' : `?${search}`}`
}

/** `1.<apiKeyId>.<iv>.<ciphertext>`: AES-GCM of the query string, which may carry the path. What stands beside `enc` is not protected, so it is refused. */
async function openEncrypted({ path, query }: Target, enc: string, keys: readonly KnownKey[], clock: Clock): Promise<SecureTarget> {
  if (query.length !== 1) throw invalid('Expected no parameters beside "enc".')
  const [version, keyId, iv, ciphertext, ...more] = enc.split('.')
  if (version !== '1' || keyId === undefined || iv === undefined || ciphertext === undefined || more.length > 0) {
    throw invalid('Expected 1.<key id>.<iv>.<ciphertext>.')
  }
  const [key, secret] = secretOf(keys, keyId)
  const inner = [...new URLSearchParams(await decrypt(secret, iv, ciphertext))]
  checkExpiry(inner, clock)
  const hidden = inner.find(([name]) => name === 'path')?.[1]
  return {
    // "it will override any file path present on the URL path"
    path: hidden === undefined ? path : checkFilePath(hidden, 'path'),
    query: inner.filter(([name]) => name !== 'path'),
    signer: callerOf(key),
  }
}

async function decrypt(secret: Uint8Array<ArrayBuffer>, iv: string, ciphertext: string): Promise<string> {
  const [ivBytes, bytes] = [fromBase64(iv), fromBase64(ciphertext)]
  if (ivBytes?.length !== IV_BYTES || bytes === null) throw invalid(`Expected an iv of ${IV_BYTES} bytes and a ciphertext, base64url.`)
  try {
    const key = await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['decrypt'])
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      await crypto.subtle.decrypt({ name: 'AES-GCM', iv: ivBytes }, key, bytes),
    )
  } catch (cause) {
    throw invalid('It was not encrypted with this key.', cause)
  }
}

function secretOf(keys: readonly KnownKey[], keyId: string): readonly [KnownKey, Uint8Array<ArrayBuffer>] {
  const key = keys.find((candidate) => candidate.keyId === keyId)
  const secret = key?.secureUrlKey === undefined ? null : fromBase64(key.secureUrlKey)
  if (!key || secret === null) throw invalid('No key of the account with this id signs URLs.')
  return [key, secret]
}

/** "The exp parameter is required when using sig and enc." */
function checkExpiry(query: Target['query'], clock: Clock): void {
  const expiresAt = readExpiry(query.find(([name]) => name === 'exp')?.[1])
  if (expiresAt === undefined) throw invalid('Expected "exp" as a time.')
  if (expiresAt <= clock.now()) throw new AppError('gone', { field: 'exp' })
  if (expiresAt > clock.now() + MAX_LIFETIME_MS) throw invalid('Expected "exp" to be at most 7 days from now.')
}

const invalid = (reason: string, cause?: unknown): AppError => new AppError('signature_invalid', { reason, cause })
