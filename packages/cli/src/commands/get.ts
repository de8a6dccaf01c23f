import { basename, join } from 'node:path'
import { isThere, exists, writeWhole } from '../render/write-file.ts'
import { isPictureOption, PICTURE_OPTIONS } from '../render/wish.ts'
import { readDestination, type Destination } from '../render/outputs.ts'
import { connect, pathsOf, SERVICE_OPTIONS } from '../service/connect.ts'
import { each } from '../service/each.ts'
import { bytes } from '../terminal/progress.ts'
import { UsageError } from '../usage/errors.ts'
import { isOn, lastOf } from '../usage/options.ts'
import type { Command } from './command.ts'

export const get: Command = {
  summary: 'Fetch stored files, or pictures that the service makes of them.',
  usage: 'PATH… [-o FILE|FOLDER|-] [-w WIDTH] [--PARAMETER VALUE]…',
  details: `Without parameters the stored bytes come, with parameters of image URLs the picture.

  emulsion get /me/photo.jpg
  emulsion get /me/photo.jpg -w 800 -f webp -o small.webp`,
  options: [
    {
      name: 'output',
      short: 'o',
      value: 'a path',
      summary: 'A file, a folder, or - for standard output; the own name in this folder when absent.',
    },
    { name: 'force', summary: 'Replace what is there.' },
    ...SERVICE_OPTIONS,
    ...PICTURE_OPTIONS,
  ],

  async run(words, terminal) {
    const paths = pathsOf(words)
    const destination = await readDestination(lastOf(words, 'output'), paths.length > 1)
    if (destination.kind === 'template') throw new UsageError('Expected a file, a folder or - for --output, received a template.')
    const client = connect(words, terminal, 'nothing')
    const query = words.given.filter(([name]) => isPictureOption(name)).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    const mayReplace = isOn(words, 'force')
    const options = {
      terminal,
      isJson: isOn(words, 'json') && destination.kind !== 'stdout',
      isQuiet: isOn(words, 'quiet') || destination.kind === 'stdout',
    }
    return each(paths, String, options, async (path) => {
      const output = outputOf(destination, path)
      if (output !== null && !mayReplace && (await isThere(output))) throw exists(output)
      const { interrupted } = terminal
      const response = await (query.length === 0
        ? client.download(path, interrupted)
        : client.fetchUrl(`${client.imageUrl(path)}?${query.join('&')}`, interrupted))
      const body = new Uint8Array(await response.arrayBuffer())
      if (output === null) await terminal.write(body)
      else await writeWhole(output, body, mayReplace)
      return {
        text: `${output} ${bytes(body.length)}`,
        json: { path, output, bytes: body.length, mime: response.headers.get('Content-Type') },
      }
    })
  },
}

function outputOf(destination: Destination, path: string): string | null {
  if (destination.kind === 'stdout') return null
  if (destination.kind === 'file') return destination.path
  return destination.kind === 'folder' ? join(destination.path, basename(path)) : basename(path)
}
