import { AppError } from '../../../../errors.ts'
import { cleanFileName } from '../../../../service/files/cut-name.ts'
import { type Args, readArgs } from '../../../args.ts'

export type Entries = readonly (readonly [name: string, value: string])[]

/** What a request says of the file that it sends. */
export interface ContentOptions {
  readonly fileName: string | null
  readonly mime: string | null
  readonly base64decode: boolean
  readonly policy: string | undefined
  readonly signature: string | undefined
}

/** And where a new file goes (docs/protocols/filestack.md §2). */
export interface StoreOptions extends ContentOptions {
  readonly path: string | null
  readonly container: string | undefined
  /** Nothing is put before the file name. */
  readonly disableStorageKey: boolean
  /** Whether the store's own address of the file is open to everybody. */
  readonly isPublic: boolean
}

/** Store options of the SDK that mean nothing here. */
const WITHOUT_MEANING: readonly string[] = ['region', 'tags', 'upload_tags', 'altText']
const ACCESS = { private: 'private', public: 'public' } as const

/**
 * @param query of the URL. It wins over fields.
 * @param fields of the body.
 * @throws AppError `invalid_parameter`, `unknown_parameter`, `not_implemented` (workflows).
 */
export function readStoreOptions(query: URLSearchParams, fields: Entries): StoreOptions {
  const args = openArgs(query, fields)
  const options = {
    ...readContent(args),
    path: args.text('path') || null,
    container: args.text('container') || undefined,
    disableStorageKey: args.flag('disableStorageKey') ?? false,
    isPublic: args.oneOf(ACCESS, 'access') === 'public',
  }
  args.done()
  return options
}

/** The options of a file that takes the place of another. */
export function readOverwriteOptions(query: URLSearchParams, fields: Entries): ContentOptions {
  const args = openArgs(query, fields)
  const options = readContent(args)
  args.done()
  return options
}

function openArgs(query: URLSearchParams, fields: Entries): Args {
  const given = [...query].filter(([name]) => name !== 'key')
  const args = readArgs([...given, ...fields.filter(([name]) => !query.has(name))].filter(([name]) => !WITHOUT_MEANING.includes(name)))
  if (args.has('workflows'))
    throw new AppError('not_implemented', { field: 'workflows', reason: 'Workflows are not offered here: send the file without them.' })
  return args
}

function readContent(args: Args): ContentOptions {
  const fileName = args.text('filename')
  return {
    fileName: fileName === undefined ? null : cleanFileName(fileName),
    mime: args.text('mimetype') || null,
    base64decode: args.flag('base64decode') ?? false,
    policy: args.text('policy'),
    signature: args.text('signature'),
  }
}
