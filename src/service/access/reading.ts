import { AppError } from '../../errors.ts'
import { permits, permitsDownload, samplesBelow, type Caller } from './access.ts'
import { isPublic, type AccountSnapshot } from './account-snapshot.ts'
import { isWithin } from '../files/path-scope.ts'

/** Whether the bytes that a processing makes of a file may be seen: by everyone, or by this caller. `null` is a caller without credentials. */
export const mayRead = (caller: Caller | null, snapshot: AccountSnapshot, processing: string, path: string): boolean =>
  isPublic(snapshot, processing, path) || (caller !== null && permitsDownload(caller, processing, path))

/** Whether the caller may read the stored bytes of everything in a folder, and with `recursive` in the folders below it. */
export function mayReadBelow(caller: Caller, snapshot: AccountSnapshot, folder: string, recursive: boolean): boolean {
  const hasOwnRules = snapshot.publicPermissions.some(({ folderPath }) => folderPath !== folder && isWithin(folder, folderPath))
  return samplesBelow(folder, recursive).every(
    (path) => permitsDownload(caller, 'raw', path) || (!(recursive && hasOwnRules) && isPublic(snapshot, 'raw', path)),
  )
}

/** Whether the caller may see a file's details. A public key sees those of a file that everyone can download: the download tells them too. */
export const mayReadDetails = (caller: Caller, snapshot: AccountSnapshot, path: string): boolean =>
  permits(caller, 'getFileDetails', path) || (caller.kind === 'public' && isPublic(snapshot, 'raw', path))

/** @throws AppError `forbidden` when the caller may not see the file's details. */
export function demandDetails(caller: Caller, snapshot: AccountSnapshot, path: string): void {
  if (!mayReadDetails(caller, snapshot, path)) throw unreadable(path, 'the permission getFileDetails')
}

/** A copy hands on all bytes of its source. @throws AppError `forbidden` when the caller may not download them. */
export function demandBytes(caller: Caller, snapshot: AccountSnapshot, path: string): void {
  if (!mayRead(caller, snapshot, 'raw', path)) throw unreadable(path, 'the permission downloadFile "raw"')
}

/** @throws AppError `forbidden` when the caller may not download everything in the folder. */
export function demandBytesBelow(caller: Caller, snapshot: AccountSnapshot, folder: string, recursive: boolean): void {
  if (!mayReadBelow(caller, snapshot, folder, recursive)) throw unreadable(folder, 'the permission downloadFile "raw" for everything')
}

const unreadable = (path: string, permission: string): AppError =>
  new AppError('forbidden', { field: path, reason: `Expected credentials with ${permission} in ${JSON.stringify(path)}.` })
