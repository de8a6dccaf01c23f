import { openAsBlob } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { CommandError, quoted, UsageError } from '../usage/errors.ts'
import { filesOfBucket, isBucket } from './bucket.ts'
import type { MigratedFile } from './file.ts'

/** The files of a folder, of a bucket, or of a list of URLs, one a line; `#` begins a comment. @throws UsageError. */
export async function migratedFiles(
  source: string,
  to: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly MigratedFile[]> {
  if (isBucket(source)) return filesOfBucket(source, to, env)
  const info = await stat(source).catch(() => null)
  if (!info) throw new UsageError(`Expected a folder, a bucket or a list of URLs, received ${quoted(source)}, which is not there.`)
  return info.isDirectory() ? ofFolder(source, to) : ofList(await readFile(source, 'utf8'), to)
}

async function ofFolder(folder: string, to: string): Promise<readonly MigratedFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Promise.all(
    names.sort().map(async (name) => {
      const path = `${to}/${relative(folder, name).replaceAll(sep, '/')}`
      return { name, path, size: (await stat(name)).size, open: () => openAsBlob(name) }
    }),
  )
}

function ofList(text: string, to: string): readonly MigratedFile[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((url) => {
      if (!URL.canParse(url) || !/^https?:/.test(url)) throw new UsageError(`Expected a URL on each line, received ${quoted(url)}.`)
      return { name: url, path: to + decodePath(new URL(url).pathname), size: null, open: (signal) => fetchFile(url, signal) }
    })
}

async function fetchFile(url: string, signal: AbortSignal): Promise<Blob> {
  const response = await fetch(url, { signal })
  if (!response.ok) throw new CommandError(`${new URL(url).host} answered ${response.status}.`)
  return response.blob()
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
