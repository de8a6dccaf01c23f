import { REFUSED_HEADER, refusedAddress } from '../service/outbound/guard.ts'
import type { PostCallback } from '../service/processes/deliver-callback.ts'

/** Only 2xx is success, within 10 s: a redirect is an answer like any other that is not 2xx. */
export const postCallback: PostCallback = async (url, headers, body, timeoutMs) => {
  const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) })
  await response.body?.cancel()
  if (response.headers.has(REFUSED_HEADER)) throw refusedAddress(url)
  return { status: response.status, retryAfter: response.headers.get('Retry-After') }
}
