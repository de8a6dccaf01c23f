/**
 * Every failure that the service can report, in one table. A code is API surface: rename it only in a major version. `text` is what a
 * client may read; anything else goes into `detail`, which only the log sees. `docs/errors.md` is generated from this table.
 */
const CODES = {
  invalid_parameter: { kind: 'input', status: 400, retry: false, text: 'A parameter is invalid.' },
  unknown_parameter: { kind: 'input', status: 400, retry: false, text: 'A parameter is not known.' },
  invalid_body: { kind: 'input', status: 400, retry: false, text: 'The request body is not valid.' },
  invalid_path: { kind: 'input', status: 400, retry: false, text: 'The file path is not valid.' },
  unauthorized: { kind: 'auth', status: 401, retry: false, text: 'The API key is missing or not known.' },
  token_invalid: { kind: 'auth', status: 401, retry: false, text: 'The access token is not valid.' },
  signature_invalid: { kind: 'auth', status: 403, retry: false, text: 'The signature of the URL is not valid.' },
  forbidden: { kind: 'auth', status: 403, retry: false, text: 'The credentials do not permit this.' },
  read_only: { kind: 'input', status: 403, retry: false, text: 'The folder can only be read.' },
  request_loop: { kind: 'input', status: 400, retry: false, text: 'The request has come through this account before.' },
  not_found: { kind: 'missing', status: 404, retry: false, text: 'Nothing is here.' },
  file_not_found: { kind: 'missing', status: 404, retry: false, text: 'The file does not exist.' },
  folder_not_found: { kind: 'missing', status: 404, retry: false, text: 'The folder does not exist.' },
  job_not_found: { kind: 'missing', status: 404, retry: false, text: 'The job does not exist.' },
  upload_not_found: { kind: 'missing', status: 404, retry: false, text: 'The upload does not exist or has expired.' },
  not_cached: { kind: 'missing', status: 404, retry: false, text: 'The result is not cached, and only cached results were asked for.' },
  gone: { kind: 'missing', status: 410, retry: false, text: 'The URL has expired.' },
  method_not_allowed: { kind: 'input', status: 405, retry: false, text: 'The method is not allowed here.' },
  conflict: { kind: 'input', status: 409, retry: false, text: 'The path is taken.' },
  file_changed: { kind: 'input', status: 409, retry: true, text: 'The file was replaced while it was being read.' },
  source_changed: { kind: 'input', status: 409, retry: false, text: 'A file has changed since the request was recorded.' },
  idempotency_conflict: {
    kind: 'input',
    status: 409,
    retry: false,
    text: 'The Idempotency-Key was used for a request with another body.',
  },
  wrong_state: { kind: 'input', status: 409, retry: false, text: 'The state of the process does not allow this.' },
  upload_finished: { kind: 'input', status: 409, retry: false, text: 'The upload is finished and takes no more parts.' },
  precondition_failed: { kind: 'input', status: 412, retry: false, text: 'A precondition of the request does not hold.' },
  file_too_large: { kind: 'limit', status: 413, retry: false, text: 'The file is larger than this service accepts.' },
  unsupported_format: { kind: 'unsupported', status: 415, retry: false, text: 'The file is not an image of a supported format.' },
  range_not_satisfiable: { kind: 'input', status: 416, retry: false, text: 'The range lies outside the file.' },
  invalid_image: { kind: 'unsupported', status: 422, retry: false, text: 'The image is damaged and cannot be decoded.' },
  too_many_pixels: { kind: 'limit', status: 422, retry: false, text: 'The image is over the limit of pixels.' },
  output_too_large: { kind: 'limit', status: 422, retry: false, text: 'The result would be over the limit of size.' },
  max_bytes_not_reached: { kind: 'limit', status: 422, retry: false, text: 'The result does not fit into the bytes that were asked for.' },
  not_lossless: { kind: 'unsupported', status: 422, retry: false, text: 'The result cannot be made without loss.' },
  too_many_steps: { kind: 'limit', status: 422, retry: false, text: 'The transformation has too many steps.' },
  too_many_requests: { kind: 'limit', status: 429, retry: true, text: 'Too many requests in a short time.' },
  quota_exceeded: { kind: 'limit', status: 429, retry: true, text: 'The account has made all the pictures that it may make for now.' },
  overloaded: { kind: 'upstream', status: 429, retry: true, text: 'The service is busy: try again later.' },
  not_implemented: { kind: 'unsupported', status: 400, retry: false, text: 'This kind of processing is not offered here.' },
  renderer_unavailable: { kind: 'upstream', status: 503, retry: true, text: 'No renderer is free to make the image: try again.' },
  abandoned: { kind: 'upstream', status: 503, retry: true, text: 'The work was given up, since nobody waited for it: try again.' },
  storage_unavailable: { kind: 'upstream', status: 502, retry: true, text: 'The storage did not answer.' },
  store_failed: { kind: 'upstream', status: 502, retry: true, text: 'A configured store failed.' },
  storage_full: { kind: 'upstream', status: 507, retry: true, text: 'The storage is full: only reading and deleting work.' },
  source_unavailable: { kind: 'upstream', status: 502, retry: true, text: 'The source URL could not be fetched.' },
  internal: { kind: 'internal', status: 500, retry: true, text: 'Something went wrong on our side.' },
} as const satisfies Record<string, Fault>

export interface Fault {
  /** Whose fault it is. */
  readonly kind: 'input' | 'auth' | 'missing' | 'limit' | 'unsupported' | 'upstream' | 'internal'
  readonly status: number
  /** Whether the same request may succeed later: sets `Retry-After`, and decides ack or retry in the queue consumer. */
  readonly retry: boolean
  /** One sentence for the client. */
  readonly text: string
}

export type ErrorCode = keyof typeof CODES
export const ERROR_CODES = Object.keys(CODES) as readonly ErrorCode[]

export interface ErrorContext {
  /** What the client sent wrong, as the client spelled it (`crop-w`). Safe to echo. */
  readonly field?: string | undefined
  /** What was expected and what was received, in the client's words. Safe to echo. */
  readonly reason?: string | undefined
  /** How many there may be, when it is a number that was reached. */
  readonly limit?: number | undefined
  /** When the same request may succeed; some seconds when absent. */
  readonly retryAfterSeconds?: number | undefined
  /** For logs only. */
  readonly detail?: string | undefined
  readonly cause?: unknown
}

/** The only error class of the product. `message` is for logs; `publicText` is for clients. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly fault: Fault
  readonly field: string | undefined
  readonly reason: string | undefined
  readonly limit: number | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(code: ErrorCode, context: ErrorContext = {}) {
    super(context.detail ?? context.reason ?? CODES[code].text, { cause: context.cause })
    this.code = code
    this.fault = CODES[code]
    this.field = context.field
    this.reason = context.reason
    this.limit = context.limit
    this.retryAfterSeconds = context.retryAfterSeconds
  }

  /** The sentence for the client: the table's, plus what was expected and received when that is known. */
  get publicText(): string {
    return this.reason === undefined ? this.fault.text : `${this.fault.text} ${this.reason}`
  }

  /** Anything that is not already ours is a bug of ours: its message is for the log only. */
  static from(thrown: unknown): AppError {
    return thrown instanceof AppError ? thrown : new AppError('internal', { cause: thrown, detail: String(thrown) })
  }
}
