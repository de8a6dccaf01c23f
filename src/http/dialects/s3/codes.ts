import { AppError, type ErrorCode } from '../../../errors.ts'

/** The codes that this door answers, each with its status ("Error responses" of the S3 API Reference) and with what it is for the service. */
const CODES = {
  AccessDenied: [403, 'forbidden'],
  AuthorizationHeaderMalformed: [400, 'invalid_parameter'],
  AuthorizationQueryParametersError: [400, 'invalid_parameter'],
  BadDigest: [400, 'invalid_body'],
  BucketAlreadyOwnedByYou: [409, 'conflict'],
  EntityTooLarge: [400, 'file_too_large'],
  EntityTooSmall: [400, 'invalid_body'],
  IncompleteBody: [400, 'invalid_body'],
  InternalError: [500, 'internal'],
  InvalidAccessKeyId: [403, 'unauthorized'],
  InvalidArgument: [400, 'invalid_parameter'],
  InvalidChunkSizeError: [400, 'invalid_body'],
  InvalidDigest: [400, 'invalid_parameter'],
  InvalidPart: [400, 'invalid_body'],
  InvalidPartOrder: [400, 'invalid_body'],
  InvalidRange: [416, 'range_not_satisfiable'],
  InvalidRequest: [400, 'invalid_parameter'],
  InvalidStorageClass: [400, 'invalid_parameter'],
  InvalidToken: [400, 'token_invalid'],
  InvalidURI: [400, 'invalid_path'],
  KeyTooLongError: [400, 'invalid_path'],
  MalformedXML: [400, 'invalid_body'],
  MaxMessageLengthExceeded: [400, 'file_too_large'],
  MetadataTooLarge: [400, 'invalid_parameter'],
  MethodNotAllowed: [405, 'method_not_allowed'],
  MissingContentLength: [411, 'invalid_body'],
  NoSuchBucket: [404, 'not_found'],
  NoSuchKey: [404, 'file_not_found'],
  NoSuchUpload: [404, 'upload_not_found'],
  NotImplemented: [501, 'not_implemented'],
  PreconditionFailed: [412, 'precondition_failed'],
  RequestTimeTooSkewed: [403, 'signature_invalid'],
  SignatureDoesNotMatch: [403, 'signature_invalid'],
  SlowDown: [503, 'too_many_requests'],
  ServiceUnavailable: [503, 'storage_unavailable'],
  XAmzContentSHA256Mismatch: [400, 'invalid_body'],
} as const satisfies Record<string, readonly [status: number, code: ErrorCode]>

export type S3Code = keyof typeof CODES

export const S3_CODES = Object.keys(CODES) as readonly S3Code[]
export const statusOf = (code: S3Code): number => CODES[code][0]

/** The S3 codes of the errors that this dialect throws itself. All others are told by their own code. */
const chosen = new WeakMap<AppError, S3Code>()

/** An error that clients get under this code. @param reason one sentence for the client. */
export function refuse(code: S3Code, reason: string, cause?: unknown): AppError {
  const error = new AppError(CODES[code][1], { reason, cause })
  chosen.set(error, code)
  return error
}

/** What the service's own errors are for an S3 client. */
const OF_SERVICE: Readonly<Partial<Record<ErrorCode, S3Code>>> = {
  invalid_path: 'InvalidArgument',
  invalid_parameter: 'InvalidArgument',
  unknown_parameter: 'InvalidArgument',
  invalid_body: 'IncompleteBody',
  unauthorized: 'InvalidAccessKeyId',
  token_invalid: 'InvalidToken',
  signature_invalid: 'SignatureDoesNotMatch',
  not_found: 'NoSuchKey',
  file_not_found: 'NoSuchKey',
  folder_not_found: 'NoSuchKey',
  upload_not_found: 'NoSuchUpload',
  // What is joined, or cannot be any more, is no upload for S3.
  upload_finished: 'NoSuchUpload',
  method_not_allowed: 'MethodNotAllowed',
  precondition_failed: 'PreconditionFailed',
  file_too_large: 'EntityTooLarge',
  range_not_satisfiable: 'InvalidRange',
  not_implemented: 'NotImplemented',
  internal: 'InternalError',
}

/** The code of the error's field, where the service names a rule of uploads in parts (files/parts/listed.ts). */
const OF_FIELD: ReadonlyMap<string, S3Code> = new Map([
  ['part', 'InvalidPart'],
  ['partOrder', 'InvalidPartOrder'],
  ['partSize', 'EntityTooSmall'],
  ['metadata', 'MetadataTooLarge'],
])

export function codeOf(error: AppError): S3Code {
  const own = chosen.get(error) ?? OF_FIELD.get(error.field ?? '')
  if (own) return own
  const { kind, retry } = error.fault
  const said = OF_SERVICE[error.code]
  if (said) return said
  if (kind === 'auth' || error.code === 'read_only') return 'AccessDenied'
  if (kind === 'limit' || error.code === 'overloaded') return retry || kind === 'upstream' ? 'SlowDown' : 'InvalidRequest'
  return retry ? 'ServiceUnavailable' : 'InvalidRequest'
}
