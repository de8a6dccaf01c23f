import { link, lstat, mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { CommandError } from '../usage/errors.ts'

/** Long names get no longer: file systems take 255 bytes. */
const SHOWN_OF_NAME = 40

/** File systems without links say one of these. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EXDEV']

/**
 * Writes a file so that its name never shows a part of it: whole into another name of the same folder, then renamed. A link at `path` is replaced, not followed.
 * @param mayReplace whether what is there is replaced.
 * @throws CommandError where something is there; the error of the file system.
 */
export async function writeWhole(path: string, bytes: Uint8Array, mayReplace: boolean): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true })
  const draft = join(folder, `.${basename(path).slice(0, SHOWN_OF_NAME)}.${randomBytes(6).toString('hex')}.part`)
  try {
    const file = await open(draft, 'wx')
    try {
      await file.writeFile(bytes)
    } finally {
      await file.close()
    }
    await (mayReplace ? rename(draft, path) : place(draft, path))
  } finally {
    await rm(draft, { force: true }).catch(() => undefined)
  }
}

/** A link fails where something has come meanwhile; a renaming would replace it. */
async function place(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path)
  } catch (thrown) {
    const { code = '' } = thrown as NodeJS.ErrnoException
    if (code === 'EEXIST') throw exists(path)
    if (!NO_LINKS.includes(code)) throw thrown
    if (await isThere(path)) throw exists(path)
    await rename(draft, path)
  }
}

export const exists = (path: string): CommandError => new CommandError(`${path} exists: --force replaces it.`)

export const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )

/** Errors after which no further file can be written either. */
export const isFull = (thrown: unknown): thrown is NodeJS.ErrnoException =>
  ['ENOSPC', 'EDQUOT', 'EROFS'].includes(String((thrown as NodeJS.ErrnoException).code))
