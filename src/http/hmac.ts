const encoder = new TextEncoder()

/** Base64url without padding. */
export const toBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

/** Base64 of either alphabet, with or without padding; `null` when it is none. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[\w+/-]*={0,2}$/.test(text)) return null
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
  } catch {
    return null
  }
}

const importKey = (secret: Uint8Array<ArrayBuffer>): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])

/** HMAC-SHA256, base64url. */
export async function signText(secret: Uint8Array<ArrayBuffer>, text: string): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.sign('HMAC', await importKey(secret), encoder.encode(text))))
}

/** Compares in constant time, whole signatures only. */
export async function verifyText(secret: Uint8Array<ArrayBuffer>, text: string, signature: string): Promise<boolean> {
  const bytes = fromBase64(signature)
  return bytes !== null && crypto.subtle.verify('HMAC', await importKey(secret), bytes, encoder.encode(text))
}

export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(encoder.encode(text))
