import type { RenderError } from '../../dialect.ts'

/** The specifications name statuses and no body (Image API 3.0 §7.3): a sentence for whoever reads it. */
export const renderError: RenderError = (error) => ({
  error: { code: error.code, message: error.publicText, ...(error.field !== undefined && { field: error.field }) },
})
