import { AppError, type ErrorCode } from '../errors.ts'

/** An answer across Durable Object RPC, where an error would lose its class: failures travel as data. */
export type RemoteResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: RemoteError }

export interface RemoteError {
  readonly code: ErrorCode
  readonly field?: string | undefined
  readonly reason?: string | undefined
  readonly detail?: string | undefined
}

/** Runs `work` on the far side. */
export async function sendResult<T>(work: () => Promise<T> | T): Promise<RemoteResult<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (thrown) {
    const { code, field, reason, message } = AppError.from(thrown)
    return { ok: false, error: { code, field, reason, detail: message } }
  }
}

/** Opens the answer on the near side. @throws AppError as it was thrown there. */
export function receiveResult<T>(result: RemoteResult<T>): T {
  if (result.ok) return result.value
  const { code, ...context } = result.error
  throw new AppError(code, context)
}
