const encoder = new TextEncoder()

/** Base64url without padding. */
export const toBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

/** Base64 of either alphabet, with or without padding. `null` for any other text. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w+/-]*={0,2}$/.test(text)) return null
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
  } catch {
    return null
  }
}

const importKey = (secret: Uint8Array): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', secret as Uint8Array<ArrayBuffer>, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']) // no key is shared memory

/** HMAC-SHA256 of the UTF-8 bytes of a text: 32 bytes. */
export async function hmacSha256(secret: Uint8Array, text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', await importKey(secret), encoder.encode(text)))
}

/** HMAC-SHA256, base64url. */
export const signText = async (secret: Uint8Array, text: string): Promise<string> => toBase64Url(await hmacSha256(secret, text))

/** Compares in constant time, whole signatures only. */
export async function verifyText(secret: Uint8Array, text: string, signature: string): Promise<boolean> {
  const bytes = fromBase64(signature)
  return bytes !== null && crypto.subtle.verify('HMAC', await importKey(secret), bytes, encoder.encode(text))
}

export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(encoder.encode(text))
