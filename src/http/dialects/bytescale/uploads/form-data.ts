import { AppError } from '../../../../errors.ts'
import { demandTags, permitOf, type Caller } from '../../../../service/access/access.ts'
import type { BytescaleContext } from '../env.ts'
import { readBodyBytes } from '../../../body-bytes.ts'
import { renderError } from '../render-error.ts'
import { basicUploadResponse, type UploadDeps } from './binary.ts'
import { readMetadata, readUploadQuery, type UploadQuery } from './query.ts'

/** The service collects a form in memory, because its parts declare no length. */
const MAX_FORM_BYTES = 50_000_000
const MAX_FILES = 100

/** `POST …/uploads/form_data`: FormDataUpload (docs/protocols/bytescale.md §5.4). It is 200 even when single files fail. */
export async function answerUploadFormData(c: BytescaleContext, caller: Caller, { upload }: UploadDeps): Promise<Response> {
  const url = new URL(c.req.url)
  const query = readUploadQuery(url.searchParams)
  demandTags(caller, query.tags)
  const metadata = readMetadata(c.req.header('X-Upload-Metadata'))
  const files: object[] = []
  const errors: object[] = []
  for (const [formDataFieldName, file] of await readFiles(c.req.raw)) {
    try {
      const stored = await upload({
        ...(await uploadOf(file, query)),
        account: caller.account,
        defaults: caller.defaults,
        metadata,
        permit: permitOf(caller),
      })
      files.push({ ...basicUploadResponse(url.origin, caller.account, stored), formDataFieldName })
    } catch (thrown) {
      errors.push({ ...renderError(AppError.from(thrown)), formDataFieldName })
    }
  }
  return c.json({ files, errors })
}

const uploadOf = async (file: File, { destination, originalFileName, tags }: UploadQuery) => ({
  destination,
  tags,
  originalFileName: originalFileName ?? (file.name === '' ? null : file.name),
  mime: file.type === '' ? null : file.type,
  body: new Uint8Array(await file.arrayBuffer()),
})

/** @throws AppError `invalid_body`, `file_too_large`. */
async function readFiles(request: Request): Promise<readonly (readonly [field: string, file: File])[]> {
  const bytes = await readBodyBytes(request, MAX_FORM_BYTES)
  const form = await new Response(bytes, { headers: { 'Content-Type': request.headers.get('Content-Type') ?? '' } })
    .formData()
    .catch((cause: unknown) => {
      throw new AppError('invalid_body', { field: 'Content-Type', reason: 'Expected multipart/form-data.', cause })
    })
  const files = [...form].filter((entry): entry is [string, File] => typeof entry[1] !== 'string')
  if (files.length < 1 || files.length > MAX_FILES)
    throw new AppError('invalid_body', { reason: `Expected 1 to ${MAX_FILES} files, received ${files.length}.` })
  return files
}
