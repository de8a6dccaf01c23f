import type { FetchSource } from '../service/files/upload-from-url.ts'
import { REFUSED_HEADER, refusedAddress } from '../service/outbound/guard.ts'

/**
 * One GET to a stranger's server. Redirects are the caller's business, for each hop must be checked first. The plain body is asked for,
 * because the runtime would unpack an encoded one and then its length were unknown.
 */
export const fetchSource: FetchSource = async (url, signal, wished) => {
  const headers = new Headers({ 'User-Agent': 'Emulsion', Accept: '*/*' })
  for (const [name, value] of Object.entries({ ...wished, 'Accept-Encoding': 'identity' })) headers.set(name, value)
  const response = await fetch(url, { headers, redirect: 'manual', signal })
  if (response.headers.has(REFUSED_HEADER)) throw refusedAddress(url)
  const length = response.headers.get('Content-Length')
  const isPlain = ['', 'identity'].includes(response.headers.get('Content-Encoding') ?? '')
  return {
    status: response.status,
    location: response.headers.get('Location'),
    mime: response.headers.get('Content-Type'),
    disposition: response.headers.get('Content-Disposition'),
    size: isPlain && length !== null && /^\d{1,15}$/.test(length) ? Number(length) : null,
    body: response.body,
  }
}
