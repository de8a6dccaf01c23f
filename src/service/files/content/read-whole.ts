import { AppError } from '../../../errors.ts'
import type { ByteRange, FileStore } from '../../ports.ts'
import type { SourceFile } from '../recent-files.ts'
import { createByteReader } from './byte-reader.ts'

/**
 * A file as a stream, of that very version; a part of it with `range`.
 * @throws AppError `file_too_large`, `file_not_found` or `file_changed` when it was deleted or replaced since it was looked up.
 */
export async function openVersion(
  files: FileStore,
  account: string,
  file: SourceFile,
  maxFileBytes: number,
  range?: ByteRange,
): Promise<ReadableStream<Uint8Array>> {
  if (file.size > maxFileBytes) {
    throw new AppError('file_too_large', { reason: `Expected at most ${maxFileBytes} bytes, received ${file.size}.` })
  }
  if (file.content) return new Blob([file.content]).stream()
  const open = await files.open(account, file.path, range)
  if (!open) throw new AppError('file_not_found', { field: file.path })
  if (open.info.etag !== file.etag) {
    await open.body.cancel().catch(() => undefined)
    throw new AppError('file_changed', { field: file.path })
  }
  return open.body
}

/**
 * The bytes of a file, of that very version. They are read into one buffer of their size, so that no second copy exists at any moment.
 * @throws AppError of `openVersion`, and `storage_unavailable` when the storage breaks off.
 */
export async function readWhole(files: FileStore, account: string, file: SourceFile, maxFileBytes: number): Promise<Uint8Array> {
  return readAll(await openVersion(files, account, file, maxFileBytes), file.path, file.size)
}

/** The beginning of a file, of that very version, however large the file is. @throws AppError as `readWhole`, but `file_too_large`. */
export async function readHead(files: FileStore, account: string, file: SourceFile, maxBytes: number): Promise<Uint8Array> {
  const size = Math.min(file.size, maxBytes)
  const range = size < file.size ? { start: 0, end: size } : undefined
  return readAll(await openVersion(files, account, file, Infinity, range), file.path, size)
}

async function readAll(body: ReadableStream<Uint8Array>, path: string, size: number): Promise<Uint8Array> {
  const reader = createByteReader(body)
  try {
    const bytes = await reader.take(size)
    await reader.expectEnd()
    return bytes
  } catch (cause) {
    throw new AppError('storage_unavailable', { cause, detail: `The storage did not give the ${size} bytes of ${path}.` })
  } finally {
    await reader.cancel()
  }
}
