import { AppError } from '../../../../errors.ts'
import { demandTags, permitOf, type Caller } from '../../../../service/access/access.ts'
import type { BytescaleContext } from '../env.ts'
import { renderError } from '../render-error.ts'
import { basicUploadResponse, type UploadDeps } from './binary.ts'
import { readFormFiles } from '../../../forms/form-files.ts'
import type { FormFile } from '../../../forms/form-parts.ts'
import { demandPlain } from '../../../forms/part-headers.ts'
import { readMetadata, readUploadQuery, type UploadQuery } from './query.ts'

const MAX_FILES = 100

/**
 * `POST …/uploads/form_data`: FormDataUpload (docs/protocols/bytescale.md §5.4). It is 200 even when single files fail. A form that breaks
 * off or is damaged behind its first file is 200 as well: `errors` tells what happened, and the files before are stored.
 */
export async function answerUploadFormData(c: BytescaleContext, caller: Caller, deps: UploadDeps): Promise<Response> {
  const url = new URL(c.req.url)
  const query = readUploadQuery(url.searchParams)
  demandTags(caller, query.tags)
  const metadata = readMetadata(c.req.header('X-Upload-Metadata'))
  const files: object[] = []
  const errors: object[] = []
  const refuse = (thrown: unknown, formDataFieldName: string | null): void => {
    errors.push({ ...renderError(AppError.from(thrown)), formDataFieldName })
  }
  try {
    for await (const file of readFormFiles(c.req.raw, deps.reserve)) {
      if (files.length + errors.length >= MAX_FILES) throw new AppError('invalid_body', { reason: `Expected at most ${MAX_FILES} files.` })
      try {
        const { account, defaults } = caller
        const stored = await deps.upload({ ...uploadOf(file, query), account, defaults, metadata, permit: permitOf(caller) })
        files.push({ ...basicUploadResponse(url.origin, account, stored), formDataFieldName: file.fieldName })
      } catch (thrown) {
        refuse(thrown, file.fieldName)
      }
    }
  } catch (thrown) {
    if (files.length + errors.length === 0) throw thrown
    refuse(thrown, null)
  }
  if (files.length + errors.length === 0) throw new AppError('invalid_body', { reason: `Expected 1 to ${MAX_FILES} files, received 0.` })
  return c.json({ files, errors })
}

function uploadOf(file: FormFile, { destination, originalFileName, tags }: UploadQuery) {
  demandPlain(file)
  const { fileName, mime, body } = file
  return { destination, tags, originalFileName: originalFileName ?? fileName, mime, body }
}
