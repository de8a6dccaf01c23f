import { AppError } from '../../../../errors.ts'
import { demand } from '../../../../service/access/access.ts'
import { demandBytes } from '../../../../service/access/reading.ts'
import { demandUnruled } from '../../../../service/protection/rules.ts'
import { standingOfCaller } from '../../../../service/protection/standing.ts'
import type { FileInfo } from '../../../../service/ports.ts'
import { isNotModified } from '../../../conditional.ts'
import type { Call, S3Deps } from '../call.ts'
import { refuse } from '../codes.ts'
import { pathOfKey } from '../keys.ts'

/** The conditions of a copy, and those of a download that mean the same. */
const CONDITIONS = ['If-Match', 'If-None-Match', 'If-Modified-Since', 'If-Unmodified-Since'] as const

/**
 * The file that a copy takes its bytes from. They go out of the reach of their folder's rules, so it takes the rights of a download.
 * @throws AppError InvalidArgument, AccessDenied for another bucket, NoSuchKey, PreconditionFailed.
 */
export async function readCopySource({ request, account, caller }: Call, { files, snapshots, rulesOf }: S3Deps): Promise<FileInfo> {
  const [bucket, key] = splitSource(request.headers.get('x-amz-copy-source') ?? '')
  if (bucket !== account) throw refuse('AccessDenied', 'Access Denied: a copy stays in its bucket.')
  const path = pathOfKey(key)
  demand(caller, 'getFileDetails', path)
  demandBytes(caller, await snapshots.read(account), path)
  demandUnruled(rulesOf(account), standingOfCaller(caller, false), path)
  const info = await files.head(account, path)
  if (!info) throw new AppError('file_not_found', { reason: 'The specified key does not exist.' })
  const conditions = new Headers(
    CONDITIONS.flatMap((name) => {
      const value = request.headers.get(`x-amz-copy-source-${name.toLowerCase()}`)
      return value === undefined ? [] : [[name, value.includes('"') || !name.endsWith('Match') || value === '*' ? value : `"${value}"`]]
    }),
  )
  if (isNotModified(conditions, info)) throw new AppError('precondition_failed', { field: 'x-amz-copy-source-if-none-match' })
  return info
}

/** `bucket/key`, percent-encoded, with or without a slash before it. */
function splitSource(text: string): readonly [bucket: string, key: string] {
  const invalid = (cause?: unknown): Error =>
    refuse('InvalidArgument', 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey', cause)
  const [source = '', version = 'null'] = text.replace(/^\//, '').split('?versionId=')
  if (version !== 'null') throw refuse('NotImplemented', 'Files have no versions.')
  try {
    const [, bucket = '', key = ''] = /^([^/]+)\/(.+)$/s.exec(decodeURIComponent(source)) ?? []
    if (bucket === '') throw invalid()
    return [bucket, key]
  } catch (cause) {
    throw cause instanceof AppError ? cause : invalid(cause)
  }
}
