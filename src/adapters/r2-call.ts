import { AppError } from '../errors.ts'

/** The one place where a failure of R2 becomes ours. */
export async function callR2<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation()
  } catch (cause) {
    throw cause instanceof AppError ? cause : new AppError('storage_unavailable', { cause, detail: `R2: ${String(cause)}` })
  }
}
