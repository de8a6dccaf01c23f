import { openAsBlob } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, extname, join, relative, sep } from 'node:path'
import { connect, SERVICE_OPTIONS } from '../service/connect.ts'
import { each } from '../service/each.ts'
import { typeOfName } from '../service/types.ts'
import { bytes, createProgress } from '../terminal/progress.ts'
import { quoted, UsageError } from '../usage/errors.ts'
import { isOn } from '../usage/options.ts'
import type { Command } from './command.ts'

export const put: Command = {
  summary: 'Store files: large ones in parts, which are sent again where they fail.',
  usage: 'FILE|FOLDER… PATH',
  details: `PATH is a path of the account; with "/" at its end, or for several files, a folder. A folder keeps the places of its files.

  emulsion put photo.jpg /me/photo.jpg
  emulsion put photos/ /web/`,
  options: SERVICE_OPTIONS,

  async run(words, terminal) {
    const sources = words.operands.slice(0, -1)
    const target = words.operands.at(-1) ?? ''
    if (sources.length === 0) throw new UsageError('Expected files and a path of the account, received less.')
    if (!target.startsWith('/'))
      throw new UsageError(`Expected a path of the account such as /me/photo.jpg at the end, received ${quoted(target)}.`)
    const client = connect(words, terminal, 'key')
    const found = (await Promise.all(sources.map(filesOf))).flat()
    const isFolder = target.endsWith('/') || found.length > 1
    const items = found.map((file) => ({ ...file, path: isFolder ? `${target.replace(/\/$/, '')}/${file.place}` : target }))
    const options = { terminal, isJson: isOn(words, 'json'), isQuiet: isOn(words, 'quiet') }
    return each(
      items,
      ({ file }) => file,
      options,
      async ({ file, path }) => {
        const data = await openAsBlob(file)
        const progress = createProgress(terminal, data.size, bytes)
        const stored = await client
          .upload(data, {
            path,
            mime: typeOfName(extname(file)),
            onProgress: ({ sent }) => progress.show(sent, file),
            signal: terminal.interrupted,
          })
          .finally(() => progress.end())
        return { text: `${stored.path} ${bytes(stored.size)}`, json: { source: file, ...stored } }
      },
    )
  },
}

interface Found {
  readonly file: string
  /** Below the target. */
  readonly place: string
}

async function filesOf(source: string): Promise<readonly Found[]> {
  const info = await stat(source).catch(() => null)
  if (!info) throw new UsageError(`Expected a file or folder, received ${quoted(source)}, which is not there.`)
  if (!info.isDirectory()) return [{ file: source, place: basename(source) }]
  const entries = await readdir(source, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((file) => ({ file, place: relative(source, file).replaceAll(sep, '/') }))
}
