import type { HonoRequest } from 'hono'

/** Asks for an explanation without a change of the URL, whose signature stays what it is. */
export const EXPLAIN_HEADER = 'Emulsion-Explain'

/** The parameter that asks for an explanation in place of the picture. */
export const EXPLAIN = 'explain'

export const wantsExplanation = (request: HonoRequest): boolean => request.header(EXPLAIN_HEADER) === 'true'
