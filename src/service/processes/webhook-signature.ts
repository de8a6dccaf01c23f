/** HMAC-SHA-256 of a text. */
export type Hmac = (key: Uint8Array, text: string) => Promise<Uint8Array>

/** The key of a Standard Webhooks secret: `whsec_` and base64 of 24 to 64 bytes. `null` for any other text. */
export function readWebhookSecret(secret: string): Uint8Array | null {
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1]
  if (base64 === undefined || base64.length % 4 === 1) return null
  const key = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  return key.length >= 24 && key.length <= 64 ? key : null
}

/**
 * The headers of Standard Webhooks: "`v1,` + base64 HMAC-SHA-256 over `id.timestamp.body`, space-separated list for rotation".
 * Without keys the id and the time alone. `timestamp` in seconds.
 */
export async function webhookHeaders(
  id: string,
  timestamp: number,
  body: string,
  keys: readonly Uint8Array[],
  hmac: Hmac,
): Promise<Record<string, string>> {
  const signatures = await Promise.all(
    keys.map(async (key) => `v1,${btoa(String.fromCharCode(...(await hmac(key, `${id}.${timestamp}.${body}`))))}`),
  )
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    ...(signatures.length > 0 && { 'webhook-signature': signatures.join(' ') }),
  }
}
