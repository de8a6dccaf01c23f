import type { Clock } from '../../../service/ports.ts'
import { type ErrorHeaders, type RenderError, RETRY_AFTER_SECONDS } from '../../dialect.ts'

/** The shape of the API host (docs/protocols/filestack.md §2). The SDKs look at the status alone and keep the text. */
export const renderError: RenderError = (error) => ({
  result: 'error',
  error: { code: error.fault.status, msg: msgOf(error) },
})

const msgOf = ({ publicText, field, reason }: Parameters<RenderError>[0]): string =>
  field === undefined || reason?.includes(field) ? publicText : `${publicText} Field: ${field}.`

/** What goes with 429 (docs/protocols/filestack.md §2). The limit is told where it is a number. */
export const rateHeaders =
  (clock: Clock): ErrorHeaders =>
  ({ fault, limit, retryAfterSeconds = RETRY_AFTER_SECONDS }) =>
    fault.status !== 429
      ? {}
      : {
          ...(limit !== undefined && { 'Filestack-Limit': String(limit) }),
          'Filestack-Remaining': '0',
          'Filestack-Reset': String(Math.ceil(clock.now() / 1000) + retryAfterSeconds),
        }
