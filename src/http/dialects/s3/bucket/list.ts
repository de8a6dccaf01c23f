import { demand, demandBelow } from '../../../../service/access/access.ts'
import { checkFolderPath } from '../../../../service/files/folder-path.ts'
import type { FileInfo, FilePage } from '../../../../service/ports.ts'
import type { Call, S3Deps } from '../call.ts'
import { keyOfPath } from '../keys.ts'
import { parameter } from '../request.ts'
import { answerXml } from '../xml/write.ts'
import { type ListQuery, readListQuery, tokenOfKey } from './list-query.ts'

const NOTHING: FilePage = { files: [], folders: [], seenUpTo: null }

/** ListObjects and ListObjectsV2. It takes the right to list the folder in which the prefix ends, without a delimiter everything below it. */
export async function answerList({ request, account, caller }: Call, { files }: S3Deps): Promise<Response> {
  const query = readListQuery(request)
  const place = placeOf(query.prefix)
  if (place === null) return answerXml('ListBucketResult', describe(account, query, NOTHING, request))
  const recursive = query.delimiter === ''
  if (recursive) demandBelow(caller, 'listFolderChildren', place.folder, true)
  else demand(caller, 'listFolderChildren', place.folder)
  const { folder, prefix } = place
  const after = query.after === '' ? undefined : `/${query.after}`
  const page = query.limit === 0 ? NOTHING : await files.list(account, folder, { recursive, prefix, limit: query.limit, after })
  return answerXml('ListBucketResult', describe(account, query, page, request))
}

/** The folder in which a prefix ends, and the beginning of names there. `null`: no file can have that prefix. */
export function placeOf(prefix: string): { readonly folder: string; readonly prefix: string } | null {
  const slash = prefix.lastIndexOf('/')
  try {
    return { folder: slash < 0 ? '/' : checkFolderPath(`/${prefix.slice(0, slash)}`), prefix: prefix.slice(slash + 1) }
  } catch {
    return null
  }
}

function describe(account: string, query: ListQuery, { files, folders, seenUpTo }: FilePage, request: Call['request']) {
  const { isSecond, prefix, delimiter, limit, after, write, encoding, withOwner } = query
  const next = seenUpTo === null ? undefined : keyOfPath(seenUpTo)
  const token = parameter(request, 'continuation-token')
  return {
    Name: account,
    Prefix: write(prefix),
    ...(isSecond
      ? {
          StartAfter: token === undefined && after !== '' ? write(after) : undefined,
          ContinuationToken: token,
          NextContinuationToken: next === undefined ? undefined : tokenOfKey(next),
          KeyCount: files.length + folders.length,
        }
      : { Marker: write(after), NextMarker: next === undefined ? undefined : write(next) }),
    MaxKeys: limit,
    Delimiter: delimiter === '' ? undefined : write(delimiter),
    EncodingType: encoding,
    IsTruncated: next !== undefined,
    Contents: files.map((file) => ({ ...describeFile(file, write), ...(withOwner && { Owner: ownerOf(account) }) })),
    CommonPrefixes: folders.map((folder) => ({ Prefix: write(`${keyOfPath(folder)}/`) })),
  }
}

const describeFile = ({ path, lastModified, etag, size }: FileInfo, write: ListQuery['write']) => ({
  Key: write(keyOfPath(path)),
  LastModified: lastModified.toISOString(),
  ETag: `"${etag}"`,
  Size: size,
  StorageClass: 'STANDARD',
})

/** Accounts own what is in them. */
export const ownerOf = (account: string) => ({ ID: account, DisplayName: account })
