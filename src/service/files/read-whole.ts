import { AppError } from '../../errors.ts'
import type { FileInfo, FileStore } from '../ports.ts'

/** The bytes of a file. @throws AppError `file_too_large`, `file_not_found` when it went away in the meantime. */
export async function readWhole(files: FileStore, account: string, info: FileInfo, maxFileBytes: number): Promise<Uint8Array> {
  if (info.size > maxFileBytes) {
    throw new AppError('file_too_large', { reason: `Expected at most ${maxFileBytes} bytes, received ${info.size}.` })
  }
  const open = await files.open(account, info.path)
  if (!open) throw new AppError('file_not_found', { field: info.path })
  return new Uint8Array(await new Response(open.body).arrayBuffer())
}
