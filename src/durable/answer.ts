import { AppError, type ErrorCode } from '../errors.ts'

/** An outcome that keeps its meaning across a Durable Object's RPC, where an error would lose its class. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false
      readonly error: {
        readonly code: ErrorCode
        readonly field?: string | undefined
        readonly reason?: string | undefined
        readonly detail: string
      }
    }

export async function answer<T>(work: () => T | Promise<T>): Promise<Answer<T>> {
  try {
    return { ok: true, value: await work() }
  } catch (thrown) {
    const { code, field, reason, message } = AppError.from(thrown)
    return { ok: false, error: { code, field, reason, detail: message } }
  }
}
