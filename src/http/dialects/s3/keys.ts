import { checkFilePath } from '../../../service/files/path.ts'
import { refuse } from './codes.ts'

/** S3's own limit, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024

/**
 * The path of a key: the same with a slash before it.
 * @throws AppError KeyTooLongError, InvalidArgument for what is no path of a file (an empty, `.` or `..` segment, control characters, backslashes).
 */
export function pathOfKey(key: string): string {
  if (new TextEncoder().encode(key).length > MAX_KEY_BYTES) throw refuse('KeyTooLongError', 'Your key is too long')
  return checkFilePath(`/${key}`, 'key')
}

export const keyOfPath = (path: string): string => path.slice(1)
