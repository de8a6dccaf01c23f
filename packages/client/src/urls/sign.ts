export interface SigningKey {
  /** Name of the key in the settings of the service. */
  readonly id: string
  /** Base64 of 32 bytes: its `secureUrlKey`. */
  readonly secureUrlKey: string
}

const SEVEN_DAYS = 7 * 24 * 3600
const KEY_BYTES = 32

/**
 * A URL that opens a private file, or holds what policies refuse, until it expires: `exp` and `sig` are added (docs/bytescale.md, "Signed and encrypted URLs").
 * @param seconds from `now` on; at most seven days.
 * @throws RangeError, TypeError for a key or a URL that cannot be signed.
 */
export async function signUrl(url: string, key: SigningKey, seconds: number, now = Date.now()): Promise<string> {
  if (!(seconds > 0 && seconds <= SEVEN_DAYS)) throw new RangeError(`Expected 1 to ${SEVEN_DAYS} seconds, received ${seconds}.`)
  const bytes = Uint8Array.from(atob(key.secureUrlKey), (each) => each.charCodeAt(0))
  if (bytes.length !== KEY_BYTES)
    throw new TypeError(`Expected base64 of ${KEY_BYTES} bytes as "secureUrlKey", received ${bytes.length} bytes.`)
  if (/[?&](sig|exp|enc)=/.test(url)) throw new TypeError('Expected a URL without "sig", "exp" and "enc".')
  const { protocol } = new URL(url)
  const expiring = `${url}${url.includes('?') ? '&' : '?'}exp=${Math.floor(now / 1000 + seconds)}`
  const hmac = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  const text = expiring.slice(`${protocol}//`.length)
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', hmac, new TextEncoder().encode(text)))
  return `${expiring}&sig=1.${key.id}.${base64Url(signature)}`
}

const base64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
