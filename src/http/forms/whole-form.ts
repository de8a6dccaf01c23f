import { AppError } from '../../errors.ts'
import { growingLease, type Reserve } from '../../service/files/content/growing-lease.ts'
import { asAppError, bodyOf, type FormFile, type Part, parserOf, partsOf } from './form-parts.ts'
import { readPartHeaders } from './part-headers.ts'

export interface WholeForm {
  /** Fields that are no files, in their order. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  /** The part of the file's name; `null` when the form has none. */
  readonly file: FormFile | null
  /** To be called when the file has been stored, or will not be. */
  release(): void
}

/**
 * A whole `multipart/form-data` request with one file: its fields may stand behind the file, so the file is held meanwhile. Other files are left out.
 * @param fileField names the part of the file. It may lack a file name.
 * @throws AppError `invalid_body` also for a second file of that name, `file_too_large`, `overloaded`.
 */
export async function readWholeForm(request: Request, fileField: string, reserve: Reserve): Promise<WholeForm> {
  const parser = parserOf(request)
  const lease = growingLease(reserve)
  const fields: (readonly [string, string])[] = []
  let file: FormFile | null = null
  try {
    for await (const held of partsOf(parser, request)) {
      if (!('part' in held)) {
        lease.cover(held.bytes + sizeOf(file))
        continue
      }
      const headers = readPartHeaders(held.part.headers)
      if (headers.fieldName === fileField) {
        if (file) throw new AppError('invalid_body', { field: fileField, reason: `Expected one file, received several.` })
        file = { ...headers, body: bodyOf(held.part) }
      } else if (!headers.isFile && headers.fieldName !== null) fields.push([headers.fieldName, textOf(held.part)])
    }
  } catch (thrown) {
    lease.release()
    throw asAppError(thrown)
  }
  return { fields, file, release: () => lease.release() }
}

const sizeOf = (file: FormFile | null): number => (file === null ? 0 : file.body instanceof Uint8Array ? file.body.length : file.body.size)
const textOf = ({ bytes }: Part): string => new TextDecoder().decode(bytes)
