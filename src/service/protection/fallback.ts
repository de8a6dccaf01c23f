import { AppError, type ErrorCode } from '../../errors.ts'

/** A picture that is shown where another one cannot be. */
export interface FallbackPicture {
  /** Of the same account. */
  readonly path: string
  /** How long caches may keep it in that place. */
  readonly seconds: number
}

/** A source that is missing, is no picture, or takes more than the limits. Nothing that says who may see it, or that the wish was wrong. */
const FAILURES: readonly ErrorCode[] = ['file_not_found', 'invalid_image', 'unsupported_format', 'file_too_large', 'too_many_pixels']

/** Whether a fallback is shown in the place of this failure. */
export const isFailureOfSource = (thrown: unknown): thrown is AppError => thrown instanceof AppError && FAILURES.includes(thrown.code)

/** What `show` makes of the fallback; where that fails too, the failure that it would have stood in for. @throws AppError `failure`. */
export async function showInstead<T>(failure: AppError, show: () => Promise<T>): Promise<T> {
  try {
    return await show()
  } catch {
    throw failure
  }
}
