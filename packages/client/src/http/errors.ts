/** What the service refused, or could not do. */
export class EmulsionError extends Error {
  override readonly name = 'EmulsionError'
  /** HTTP status; 0 where there was no answer. */
  readonly status: number
  /** As in docs/errors.md: `file_not_found`, `invalid_parameter` …; `network` without an answer, `http` where the answer names none. */
  readonly code: string
  /** The parameter or field that was wrong, if there is one. */
  readonly field: string | undefined

  constructor(
    message: string,
    about: { readonly status: number; readonly code: string; readonly field?: string | undefined; readonly cause?: unknown },
  ) {
    super(message, { cause: about.cause })
    this.status = about.status
    this.code = about.code
    this.field = about.field
  }
}

interface ErrorBody {
  readonly error?: { readonly code?: string; readonly message?: string; readonly details?: { readonly field?: string } }
  readonly message?: string
}

/** The error that an answer tells, in the shape of any API of the service. */
export async function errorOf(response: Response): Promise<EmulsionError> {
  const text = await response.text().catch(() => '')
  const { error, message } = bodyOf(text)
  return new EmulsionError(error?.message ?? message ?? `The service answered ${response.status}.`, {
    status: response.status,
    code: error?.code ?? 'http',
    field: error?.details?.field,
  })
}

function bodyOf(text: string): ErrorBody {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null ? body : {}
  } catch {
    return {}
  }
}
