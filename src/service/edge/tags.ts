import { foldersUpward, parentFolder } from '../files/path-scope.ts'
import type { HashText } from '../ports.ts'

/** What an answer shows. */
export interface Shown {
  readonly account: string
  /** The source, and every file that is drawn. */
  readonly paths: readonly string[]
  /** The name of the preset by which it was made. */
  readonly preset?: string | undefined
}

/** Files whose answers are to be dropped: one, or all whose paths begin with the text. */
export interface PurgedFiles {
  readonly text: string
  readonly isPrefix: boolean
}

/** Cloudflare takes a thousand tags an answer, in 16 KB of header: ours have 17 bytes each. */
export const MAX_TAGS = 500
/** Digits of a hash: two accounts that share a tag would only drop too much. */
const DIGITS = 16

/** One letter for what it names, and a hash: a path may be longer than a tag may be, and have any characters. */
const tag = async (hash: HashText, kind: 'a' | 'd' | 'f' | 'p', ...names: readonly string[]): Promise<string> =>
  kind + (await hash(names.join('\n'))).slice(0, DIGITS)

/**
 * The tags by which an answer can be dropped: its account, each of its files, each folder that holds one of them, and its preset.
 * @returns `null` for an answer that shows too many files: no cache may keep it that needs tags.
 */
export async function tagsOf({ account, paths, preset }: Shown, hash: HashText): Promise<readonly string[] | null> {
  const folders = new Set(paths.flatMap((path) => foldersUpward(parentFolder(path))))
  folders.delete('/') // the account
  const files = new Set(paths)
  if (folders.size + files.size + 2 > MAX_TAGS) return null
  return Promise.all([
    tag(hash, 'a', account),
    ...[...files].map((path) => tag(hash, 'f', account, path)),
    ...[...folders].map((folder) => tag(hash, 'd', account, folder)),
    ...(preset === undefined ? [] : [tag(hash, 'p', account, preset)]),
  ])
}

/** The tag of all answers that show one of the files. It may be that of more: of the nearest folder that has all of them. */
export function tagToPurge(account: string, { text, isPrefix }: PurgedFiles, hash: HashText): Promise<string> {
  if (!isPrefix) return tag(hash, 'f', account, text)
  const folder = parentFolder(text)
  return folder === '/' || folder === '' ? accountTag(account, hash) : tag(hash, 'd', account, folder)
}

export const accountTag = (account: string, hash: HashText): Promise<string> => tag(hash, 'a', account)
