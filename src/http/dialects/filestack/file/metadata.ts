import type { Context } from 'hono'
import { HASHES, type HashName, type HashStream } from '../../../../service/handles/ports.ts'
import type { PictureFacts } from '../../../../service/handles/picture-facts.ts'
import { AppError } from '../../../../errors.ts'
import type { FileInfo, FileStore } from '../../../../service/ports.ts'
import { readArgs } from '../../../args.ts'
import { allowsExif, demandCall, type Rights } from '../security/rights.ts'
import { readCredentials, shownName } from './deliver.ts'
import { type NamedFile, openFile, type OpenFileDeps } from './open-file.ts'

export interface MetadataDeps extends OpenFileDeps {
  readonly files: Pick<FileStore, 'open'>
  readonly hashStream: HashStream
  readonly pictureFacts: PictureFacts
}

/** Known without reading the content, and told when nothing is asked for. */
const KNOWN = ['size', 'mimetype', 'filename', 'uploaded', 'writeable', 'location', 'path', 'container'] as const
/** Never known here: `null`. `source_url` is also spelled `sourceUrl`; the SDK sends both. */
const UNKNOWN = ['cloud', 'source_url'] as const
const SIDES = ['width', 'height'] as const

/** `GET /api/file/{handle}/metadata` (docs/protocols/filestack.md §3). */
export async function answerMetadata(c: Context, deps: MetadataDeps): Promise<Response> {
  const args = readArgs(new URL(c.req.url).searchParams)
  const credentials = readCredentials(args)
  const asked = [...KNOWN, ...UNKNOWN, ...SIDES, ...HASHES].filter((name) => args.flag(name))
  const sourceUrl = args.flag('sourceUrl') ?? false
  const wantsExif = args.flag('exif') ?? false
  args.flag('cache') // whether an answer may be old: none is
  args.done()
  const file = await openFile(c, credentials, deps)
  demandCall(file.app, file.rights, ['stat'], { handle: file.record.handle })
  const fields = [...asked, ...(sourceUrl ? ['source_url'] : []), ...(wantsExif ? ['exif'] : [])]
  return answerFields(c, await aboutHandle(file, deps), file.rights, fields, deps)
}

/** A file that is asked about. */
export interface AskedFile {
  readonly account: string
  readonly info: FileInfo
  /** What is told when nothing is asked for. */
  readonly known: Readonly<Record<string, unknown>>
  /** What is told only when it is asked for. */
  readonly further: Readonly<Record<string, unknown>>
}

/** @throws AppError `file_not_found`. */
export async function aboutHandle(file: NamedFile, { stored }: Pick<MetadataDeps, 'stored'>): Promise<AskedFile> {
  const { record } = file
  const info = await stored.head(record)
  return {
    account: record.account,
    info,
    known: { ...describe(file, info), key: record.key },
    further: { cloud: null, source_url: null },
  }
}

/** What is known of a file, or only the fields that are asked for. A field that is not known is left out. */
export async function answerFields(
  c: Context,
  file: AskedFile,
  rights: Rights,
  asked: readonly string[],
  deps: MetadataDeps,
): Promise<Response> {
  const { account, info, known } = file
  if (asked.length === 0) return answerJson(c, known)
  const hashes = HASHES.filter((name) => asked.includes(name))
  const all: Readonly<Record<string, unknown>> = {
    ...known,
    ...file.further,
    ...(SIDES.some((name) => asked.includes(name)) && ((await deps.pictureFacts.size(account, info)) ?? { width: null, height: null })),
    ...(asked.includes('exif') && allowsExif(rights) && { exif: await deps.pictureFacts.exif(account, info) }),
    ...(hashes.length > 0 && (await hashFile(file, hashes, deps))),
  }
  return answerJson(c, Object.fromEntries(asked.filter((name) => name in all).map((name) => [name, all[name]])))
}

const answerJson = (c: Context, json: object): Response => c.json(json, 200, { 'Cache-Control': 'private, no-cache' })

const describe = ({ record }: NamedFile, info: FileInfo): Readonly<Record<(typeof KNOWN)[number], unknown>> => ({
  size: info.size,
  mimetype: info.mime,
  filename: shownName(info),
  uploaded: info.lastModified.getTime(),
  writeable: true,
  location: record.location ?? 'S3',
  path: record.key,
  container: record.container === '' ? null : record.container,
})

async function hashFile(
  { account, info }: AskedFile,
  names: readonly HashName[],
  { files, hashStream }: MetadataDeps,
): Promise<Readonly<Partial<Record<HashName, string>>>> {
  const open = await files.open(account, info.path)
  if (!open) throw new AppError('file_not_found', { field: shownName(info) })
  return hashStream(open.body, names)
}
