import { connect, pathsOf, SERVICE_OPTIONS } from '../service/connect.ts'
import { bytes, printable } from '../terminal/progress.ts'
import { EXIT } from '../usage/errors.ts'
import { isOn } from '../usage/options.ts'
import type { Command } from './command.ts'

export const ls: Command = {
  summary: 'List a folder of the account.',
  usage: '[PATH] [-r]',
  details: '',
  options: [{ name: 'recursive', short: 'r', summary: 'With all that lies below.' }, ...SERVICE_OPTIONS],

  async run(words, terminal) {
    const [folder = '/'] = pathsOf(words, 0)
    const client = connect(words, terminal, 'key')
    const isJson = isOn(words, 'json')
    for await (const entry of client.list(folder.replace(/(.)\/$/, '$1'), {
      recursive: isOn(words, 'recursive'),
      signal: terminal.interrupted,
    })) {
      if (isJson) terminal.print(JSON.stringify(entry))
      else if ('folder' in entry) terminal.print(`${' '.repeat(30)}${printable(entry.folder)}/`)
      else
        terminal.print(
          `${new Date(entry.lastModified).toISOString().slice(0, 19)}Z ${bytes(entry.size).padStart(8)} ${printable(entry.path)}`,
        )
    }
    return EXIT.done
  },
}
