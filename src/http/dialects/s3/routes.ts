import { Hono } from 'hono'
import { AppError } from '../../../errors.ts'
import { callerOf } from '../../credentials.ts'
import { type AppEnv, logFailure, RETRY_AFTER_SECONDS } from '../../dialect.ts'
import { answerBuckets, answerCreateBucket, answerHeadBucket, answerLocation } from './bucket/bucket.ts'
import { answerDeleteMany } from './bucket/delete-many.ts'
import { answerList } from './bucket/list.ts'
import { LIST_2_PARAMETERS, LIST_PARAMETERS } from './bucket/list-query.ts'
import type { Call, S3Deps } from './call.ts'
import { refuse } from './codes.ts'
import { answerCopy } from './object/copy.ts'
import { answerDelete } from './object/delete.ts'
import { answerObject } from './object/get.ts'
import { RESPONSE_PARAMETERS } from './object/headers.ts'
import { answerPut } from './object/put.ts'
import { answerAbort } from './parts/abort.ts'
import { answerBegin } from './parts/begin.ts'
import { answerComplete } from './parts/complete.ts'
import { answerPartCopy } from './parts/copy.ts'
import { answerParts, answerUploads, PART_LIST_PARAMETERS, UPLOAD_LIST_PARAMETERS } from './parts/list.ts'
import { answerPart } from './parts/part.ts'
import { demandKnown } from './parameters.ts'
import { renderError } from './render-error.ts'
import { readRequest, type S3Request, withHoistedHeaders } from './request.ts'
import { verifyRequest } from './sign/verify.ts'

/** One call of S3: a method, about the bucket or a key, with these marks in the query. */
interface Operation {
  readonly on: 'bucket' | 'key'
  readonly method: string
  /** Parameters that must be there. They are what tells calls of one method apart. */
  readonly marks: readonly string[]
  /** Parameters that may be there. */
  readonly parameters?: readonly string[]
  /** A header that must be there. */
  readonly header?: string
  readonly answer: (call: Call, deps: S3Deps) => Promise<Response> | Response
}

/** The calls that this door knows: those with more marks first. Any other is 501. */
export const OPERATIONS: readonly Operation[] = [
  { on: 'bucket', method: 'GET', marks: ['list-type'], parameters: LIST_2_PARAMETERS, answer: answerList },
  { on: 'bucket', method: 'GET', marks: ['location'], answer: answerLocation },
  { on: 'bucket', method: 'GET', marks: ['uploads'], parameters: UPLOAD_LIST_PARAMETERS, answer: answerUploads },
  { on: 'bucket', method: 'POST', marks: ['delete'], answer: answerDeleteMany },
  { on: 'bucket', method: 'GET', marks: [], parameters: LIST_PARAMETERS, answer: answerList },
  { on: 'bucket', method: 'HEAD', marks: [], answer: answerHeadBucket },
  { on: 'bucket', method: 'PUT', marks: [], answer: answerCreateBucket },
  { on: 'key', method: 'PUT', marks: ['partNumber', 'uploadId'], header: 'x-amz-copy-source', answer: answerPartCopy },
  { on: 'key', method: 'PUT', marks: ['partNumber', 'uploadId'], answer: answerPart },
  { on: 'key', method: 'POST', marks: ['uploads'], answer: answerBegin },
  { on: 'key', method: 'POST', marks: ['uploadId'], answer: answerComplete },
  { on: 'key', method: 'GET', marks: ['uploadId'], parameters: PART_LIST_PARAMETERS, answer: answerParts },
  { on: 'key', method: 'DELETE', marks: ['uploadId'], answer: answerAbort },
  { on: 'key', method: 'PUT', marks: [], header: 'x-amz-copy-source', answer: answerCopy },
  { on: 'key', method: 'PUT', marks: [], answer: answerPut },
  { on: 'key', method: 'GET', marks: [], parameters: RESPONSE_PARAMETERS, answer: answerObject },
  { on: 'key', method: 'HEAD', marks: [], parameters: RESPONSE_PARAMETERS, answer: answerObject },
  { on: 'key', method: 'DELETE', marks: [], answer: answerDelete },
]

/** S3's REST API below `/-/s3`: an account is a bucket, a file's path without its first slash is a key (docs/s3.md). */
export function s3Routes(deps: S3Deps) {
  const app = new Hono<AppEnv>()
  app.onError((thrown, c) => {
    const error = AppError.from(thrown)
    if (error.fault.status >= 500) logFailure(error, c.get('requestId'))
    const response = renderError(error, { resource: c.req.path, requestId: c.get('requestId'), method: c.req.method })
    response.headers.set('Cache-Control', 'no-store')
    if (error.fault.retry) response.headers.set('Retry-After', String(error.retryAfterSeconds ?? RETRY_AFTER_SECONDS))
    // What a range lies outside of was set before it was refused.
    const range = c.res.headers.get('Content-Range')
    if (range !== null) response.headers.set('Content-Range', range)
    return response
  })
  for (const path of ['/', '/*'])
    app.all(path, async (c) => {
      const asked = readRequest(c.req.raw)
      const signed = await verifyRequest(asked, deps)
      const request = withHoistedHeaders(asked)
      const response = await answer({ c, request, signed, caller: callerOf(signed.key), account: signed.key.account }, deps)
      response.headers.set('x-amz-request-id', c.get('requestId'))
      return response
    })
  return app
}

function answer(call: Call, deps: S3Deps): Promise<Response> | Response {
  const { request, account } = call
  if (request.bucket === '') {
    demandKnown(request, ['prefix', 'max-buckets', 'continuation-token', 'bucket-region'])
    if (request.method !== 'GET') throw refuse('MethodNotAllowed', 'The specified method is not allowed against this resource.')
    return answerBuckets(account)
  }
  demandBucket(request, account, deps.accounts)
  const operation = operationOf(request)
  if (!operation) throw refuse('NotImplemented', 'This call is not implemented.')
  demandKnown(request, [...operation.marks, ...(operation.parameters ?? [])])
  return operation.answer(call, deps)
}

/** @throws AppError NoSuchBucket, AccessDenied for another account's. */
function demandBucket({ bucket, headers }: S3Request, account: string, accounts: ReadonlySet<string>): void {
  if (!accounts.has(bucket)) throw refuse('NoSuchBucket', 'The specified bucket does not exist')
  const owner = headers.get('x-amz-expected-bucket-owner') ?? account
  if (bucket !== account || owner !== account) throw refuse('AccessDenied', 'Access Denied: the key belongs to another bucket.')
}

const operationOf = (request: S3Request): Operation | undefined =>
  OPERATIONS.find(
    ({ on, method, marks, header }) =>
      method === request.method &&
      on === (request.key === '' ? 'bucket' : 'key') &&
      (header === undefined || request.headers.has(header)) &&
      marks.every((mark) => request.query.some(([name]) => name === mark)),
  )
