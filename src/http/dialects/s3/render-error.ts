import type { AppError } from '../../../errors.ts'
import { codeOf, statusOf } from './codes.ts'
import { element, xmlResponse } from './xml/write.ts'

/** S3's shape of an error. An answer to HEAD has no body: the status alone tells. */
export function renderError(error: AppError, { resource, requestId, method }: ErrorPlace): Response {
  const code = codeOf(error)
  const status = statusOf(code)
  if (method === 'HEAD') return new Response(null, { status })
  return xmlResponse(errorElement(error, { resource, requestId }), status)
}

/** The same where an answer has begun with another status. */
export const errorElement = (error: AppError, { resource, requestId }: Omit<ErrorPlace, 'method'>): string =>
  element('Error', { Code: codeOf(error), Message: messageOf(error), Resource: resource, RequestId: requestId })

/** The dialect's own sentences are whole; those of the service explain the sentence of their code. */
export const messageOf = ({ reason, fault }: AppError): string => reason ?? fault.text

export interface ErrorPlace {
  /** The path that was asked for. */
  readonly resource: string
  readonly requestId: string
  readonly method: string
}
