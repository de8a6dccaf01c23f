import type { RenderError } from '../../dialect.ts'

/** An error is `{"message": "…"}`, with `Invalid Secret` for 401 (docs/protocols/batch.md §1). */
export const renderError: RenderError = (error) => ({
  message: error.code === 'unauthorized' ? 'Invalid Secret' : error.code === 'job_not_found' ? 'Process not found' : messageOf(error),
})

const messageOf = ({ publicText, field, reason }: Parameters<RenderError>[0]): string =>
  field === undefined || reason?.includes(field) ? publicText : `${publicText} Field: ${field}.`
