import type { RenderError } from '../../dialect.ts'

/** The shape of the API host (docs/protocols/filestack.md §2). The SDKs look at the status alone and keep the text. */
export const renderError: RenderError = (error) => ({
  result: 'error',
  error: { code: error.fault.status, msg: msgOf(error) },
})

const msgOf = ({ publicText, field, reason }: Parameters<RenderError>[0]): string =>
  field === undefined || reason?.includes(field) ? publicText : `${publicText} Field: ${field}.`
