import { AppError } from '../errors.ts'

/** How this service names itself in `Via` (RFC 9110 §7.6.3) when it asks a web server for a file of an account. */
export const viaName = (account: string): string => `emulsion-${account}`

/** @throws AppError `request_loop` when a request has come through the same account: the web server of a mount has led back to it. */
export function refuseLoop(headers: Headers, account: string): void {
  const names = (headers.get('Via') ?? '').split(',').map((entry) => entry.trim().split(/\s+/)[1])
  if (names.includes(viaName(account)))
    throw new AppError('request_loop', { reason: 'The web server of a mounted folder leads back to it.' })
}
