import { connect, pathsOf, SERVICE_OPTIONS } from '../service/connect.ts'
import { each } from '../service/each.ts'
import { isOn } from '../usage/options.ts'
import type { Command } from './command.ts'

export const rm: Command = {
  summary: 'Delete stored files. What is not there is no failure.',
  usage: 'PATH…',
  details: '',
  options: SERVICE_OPTIONS,

  async run(words, terminal) {
    const paths = pathsOf(words)
    const client = connect(words, terminal, 'key')
    const options = { terminal, isJson: isOn(words, 'json'), isQuiet: isOn(words, 'quiet') }
    return each(paths, String, options, async (path) => {
      await client.remove(path)
      return { text: path, json: { path, removed: true } }
    })
  },
}
