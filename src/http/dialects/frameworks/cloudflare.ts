import { AppError, type ErrorCode } from '../../../errors.ts'
import { cloudflare as words, optionsOf } from '../../foreign/services/cloudflare.ts'
import type { Door } from './door.ts'
import { referenceIn } from './source.ts'
import { readOptions } from './words.ts'

/** `/cdn-cgi/image/{options}/{path}`. At the root of a zone the path is Cloudflare's own, so it is here below accounts alone. */
export const cloudflare: Door = {
  name: 'cloudflare',
  route: '/cdn-cgi/image/*',
  isAtRoot: false,
  read(rest, query, accept) {
    const slash = rest.indexOf('/')
    const options = optionsOf(slash < 0 ? rest : rest.slice(0, slash))
    const source = slash < 0 ? '' : rest.slice(slash + 1)
    if (options.length === 0 || source === '')
      throw new AppError('invalid_parameter', {
        field: options.length === 0 ? 'options' : 'url',
        reason: 'Expected an option at least, and the path of a file behind it.',
      })
    const redirects = options.some(({ name, value }) => name === 'onerror' && value === 'redirect')
    const given = redirects ? options.filter(({ name, value }) => name !== 'onerror' || value !== 'redirect') : options
    return { source: referenceIn(source), query, ...readOptions(words, given, accept), redirectsOnError: redirects }
  },
  renderError: (error) => `ERROR ${numberOf(error)}: ${error.publicText}`,
  errorHeaders: (error) => ({ 'Cf-Resized': `err=${numberOf(error)}` }),
}

/** Of the numbers that Cloudflare documents (developers.cloudflare.com/images/reference/troubleshooting) the one that says the same. */
const NUMBERS: Readonly<Partial<Record<ErrorCode, number>>> = {
  invalid_path: 9419,
  request_loop: 9403,
  file_not_found: 9404,
  gone: 9404,
  not_found: 9404,
  file_too_large: 9402,
  too_many_pixels: 9413,
  output_too_large: 9402,
  unsupported_format: 9520,
  invalid_image: 9412,
  quota_exceeded: 9422,
  too_many_requests: 9422,
  overloaded: 9522,
  source_unavailable: 9504,
  store_failed: 9509,
}

function numberOf({ code, fault }: AppError): number {
  const own = NUMBERS[code]
  if (own !== undefined) return own
  return fault.kind === 'auth' ? 9408 : fault.status < 500 ? 9401 : 9523
}
