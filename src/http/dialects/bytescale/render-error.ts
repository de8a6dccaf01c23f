import type { AppError } from '../../../errors.ts'

/** The SDK makes a `BytescaleApiError` of any non-2xx body whose `error.code` is a string (docs/protocols/bytescale.md §2.3). */
export const renderError = (error: AppError) => ({
  error: {
    code: error.code,
    message: error.publicText,
    ...(error.field !== undefined && { details: { field: error.field } }),
    timestamp: new Date().toISOString(),
  },
})
