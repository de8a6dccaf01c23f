import { AppError } from '../../errors.ts'

const MAX_PATH_LENGTH = 512
/**
 * Bytes of UTF-8. R2 takes keys of 1,024 bytes, and the longest key of a feature is that of a kept result: the account's id, the path, "//"
 * and a SHA-256 in hexadecimal digits. So every path that may be stored can be shown.
 */
export const MAX_PATH_BYTES = 1024 - 7 - '//'.length - 64
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f\u2028\u2029]/

/**
 * Checks an absolute path inside an account and answers it unchanged: 1–512 characters in at most 951 bytes, `/` first, no empty, `.` or `..` segment, no control
 * characters, no backslash. One file has one spelling, so nothing is normalised here. `field` is what the client calls it.
 * @throws AppError `invalid_path`.
 */
export function checkFilePath(path: string, field = 'filePath'): string {
  const refuse = (expected: string) =>
    new AppError('invalid_path', { field, reason: `Expected ${expected}, received ${JSON.stringify(path.slice(0, 120))}.` })
  if (!path.startsWith('/')) throw refuse('a path that begins with "/"')
  if (path.length > MAX_PATH_LENGTH) throw refuse(`at most ${MAX_PATH_LENGTH} characters instead of ${path.length}`)
  const bytes = new TextEncoder().encode(path).length
  if (bytes > MAX_PATH_BYTES) throw refuse(`at most ${MAX_PATH_BYTES} bytes of UTF-8 instead of ${bytes}`)
  if (CONTROL.test(path) || path.includes('\\')) throw refuse('no control characters and no backslash')
  if (!path.isWellFormed()) throw refuse('well-formed Unicode')
  const segments = path.slice(1).split('/')
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) throw refuse('no empty, "." or ".." segment')
  return path
}

/** A public key may not upload to a path that is taken (docs/protocols/bytescale.md §6.1). */
export const pathTaken = (path: string): AppError =>
  new AppError('forbidden', {
    field: 'filePath',
    reason: `A file exists at ${JSON.stringify(path)}, and these credentials may not overwrite it.`,
  })

/** The last segment. */
export const fileNameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** `photo.tar.gz` → `photo.tar` and `.gz`; a leading dot is part of the name. */
export function splitExtension(fileName: string): { readonly name: string; readonly extension: string } {
  const dot = fileName.lastIndexOf('.')
  return dot <= 0 ? { name: fileName, extension: '' } : { name: fileName.slice(0, dot), extension: fileName.slice(dot) }
}
