import type { RenderError } from '../../../dialect.ts'

/** The shape of the processing host (docs/protocols/filestack.md §7). */
export const renderError: RenderError = ({ code, publicText, field, reason }) => {
  const text = code === 'not_implemented' ? ['Unsupported conversion', ...(reason === undefined ? [] : [reason])].join(': ') : publicText
  return { error: field === undefined || reason?.includes(field) ? text : `${text} Field: ${field}.` }
}
