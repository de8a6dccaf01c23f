import type { Context } from 'hono'
import { AppError } from '../../../../errors.ts'
import type { CopySource } from '../../../../service/handles/source-copies.ts'
import { checkFilePath, fileNameOf } from '../../../../service/files/path.ts'
import { EXPLAIN } from '../../../explain/wanted.ts'
import { refuseLoop } from '../../../via.ts'
import type { RecentHandles } from '../../../../service/handles/recent-handles.ts'
import { appOfKey, containerOf, type FilestackApp } from '../apps.ts'
import { type NamedFile, openHandle, type OpenFileDeps } from '../file/open-file.ts'
import type { PolicyUse } from '../security/policy.ts'
import { type Credentials, readRights, type Rights } from '../security/rights.ts'
import type { Address } from './address.ts'
import type { Wish } from './wish.ts'

export interface SourceDeps extends OpenFileDeps {
  readonly stored: RecentHandles
  readonly copySource: CopySource
  /** The mounted folders of each account, by their aliases. */
  readonly aliases: ReadonlyMap<string, ReadonlyMap<string, string>>
}

/** What a processing URL is about, and what its sender may do with it. */
export interface Source {
  readonly app: FilestackApp
  readonly rights: Rights
  /** For the policy. */
  readonly use: PolicyUse
  /** The record, for what is asked of handles only. */
  readonly file: NamedFile | undefined
  /** The name that a result goes by. */
  readonly fileName: string
  /** The file in the account. Of an external source, a copy that is not older than the wish allows; the right to have it must be there. */
  path(): Promise<string>
}

/** @throws AppError `unauthorized`, `file_not_found`, `invalid_parameter`, `invalid_path`, `request_loop`, and those of `readRights`. */
export async function openSource(
  c: Context,
  { key, source }: Address,
  wish: Wish,
  deps: SourceDeps,
  credentials: Credentials = readCredentials(c, wish, source.kind),
): Promise<Source> {
  const caller = key === undefined ? undefined : appOfKey(deps.apps, key)
  switch (source.kind) {
    case 'handle':
      return openByHandle(source.handle, caller, credentials, deps)
    case 'alias':
      return openAlias(c, source.alias, caller ?? appOfKey(deps.apps, undefined, 'API key'), credentials, deps)
    case 'url':
      return openExternal(c, source.url, caller ?? appOfKey(deps.apps, undefined, 'API key'), credentials, wish, deps)
  }
}

/** @throws AppError `file_not_found`, and those of `readRights`. */
export async function openByHandle(
  handle: string,
  caller: FilestackApp | undefined,
  credentials: Credentials,
  deps: SourceDeps,
): Promise<Source> {
  const file = await openHandle(handle, caller, credentials, deps, deps.stored.findRecent)
  const { app, record, rights } = file
  const fileName = fileNameOf(record.path).replace(/^[A-Za-z0-9]{20}_(?=.)/, '')
  return { app, rights, use: { handle }, file, fileName, path: () => Promise.resolve(record.path) }
}

async function openExternal(
  c: Context,
  given: string,
  app: FilestackApp,
  credentials: Credentials,
  { cache }: Wish,
  { copySource, clock }: SourceDeps,
): Promise<Source> {
  const rights = await readRights(app, credentials, clock.now())
  // One spelling for the policy, the copy and the way out. What is no URL is refused there.
  const url = URL.canParse(given) ? new URL(given).href : given
  const wanted = {
    account: app.account,
    folder: containerOf(app, undefined).folder,
    url,
    ownHost: new URL(c.req.url).host,
    maxAgeSeconds: cache.use ? cache.seconds : 0,
  }
  const fileName = fileNameOf(URL.canParse(url) ? decodePath(new URL(url).pathname) : '') || 'file'
  return { app, rights, use: { url }, file: undefined, fileName, path: async () => (await copySource(wanted).catch(asMissing)).path }
}

/** A file of a mounted folder: `src://{alias}/{path}`. A policy knows it by that address. */
async function openAlias(
  c: Context,
  text: string,
  app: FilestackApp,
  credentials: Credentials,
  { aliases, clock }: SourceDeps,
): Promise<Source> {
  refuseLoop(c.req.raw.headers, app.account)
  const [alias = '', ...names] = text.split('/')
  const folder = aliases.get(app.account)?.get(alias)
  if (folder === undefined)
    throw new AppError('invalid_parameter', {
      field: 'src',
      reason: `The storage alias ${JSON.stringify(alias.slice(0, 40))} is not configured.`,
    })
  const path = checkFilePath(`${folder}/${names.join('/')}`)
  const rights = await readRights(app, credentials, clock.now())
  return { app, rights, use: { url: `src://${text}` }, file: undefined, fileName: fileNameOf(path), path: () => Promise.resolve(path) }
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

/** A source that gives nothing is missing, whatever the reason: this protocol knows no other word, and its clients repeat what is 5xx. */
function asMissing(thrown: unknown): never {
  if (thrown instanceof AppError && thrown.code === 'source_unavailable')
    throw new AppError('file_not_found', { field: 'source', reason: thrown.reason, cause: thrown })
  throw thrown
}

/** The rights stand in the task; the query may hold them where it does not belong to the source. @throws AppError `unknown_parameter`. */
export function readCredentials(c: Context, { security }: Wish, kind: Address['source']['kind']): Credentials {
  const query = kind === 'url' ? new URLSearchParams() : new URL(c.req.url).searchParams
  const other = [...query].find(
    ([name, value]) => !['policy', 'signature', 'key'].includes(name) && !(name === EXPLAIN && value === 'true'),
  )?.[0]
  if (other !== undefined) throw new AppError('unknown_parameter', { field: other.slice(0, 100) })
  return {
    policy: security?.policy ?? query.get('policy') ?? undefined,
    signature: security?.signature ?? query.get('signature') ?? undefined,
    authorization: c.req.header('Authorization'),
  }
}
