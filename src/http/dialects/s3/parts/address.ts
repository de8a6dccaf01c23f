import { demand } from '../../../../service/access/access.ts'
import type { UploadName } from '../../../../service/files/parts/ports.ts'
import { MAX_PART_NUMBER } from '../../../../service/files/parts/session.ts'
import type { Call } from '../call.ts'
import { refuse } from '../codes.ts'
import { pathOfKey } from '../keys.ts'
import { parameter } from '../request.ts'

/** An upload as a call names it. Who may store at its path may go on with it: its id is told to nobody else. @throws AppError AccessDenied, InvalidArgument, NoSuchUpload. */
export function addressOf({ request, account, caller }: Call): { readonly name: UploadName; readonly path: string } {
  const path = pathOfKey(request.key)
  demand(caller, 'createFile', path)
  const uploadId = parameter(request, 'uploadId') ?? ''
  if (!/^[A-Za-z0-9]{1,100}$/.test(uploadId)) throw noSuchUpload()
  return { name: { account, uploadId }, path }
}

export const noSuchUpload = (): Error =>
  refuse(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
  )

/** @throws AppError InvalidArgument. */
export function partNumberOf({ request }: Call): number {
  const text = parameter(request, 'partNumber') ?? ''
  if (!/^\d{1,6}$/.test(text) || Number(text) < 1 || Number(text) > MAX_PART_NUMBER)
    throw refuse('InvalidArgument', `Part number must be an integer between 1 and ${MAX_PART_NUMBER}, inclusive`)
  return Number(text)
}
