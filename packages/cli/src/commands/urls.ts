import { signUrl } from '../../../client/src/index.ts'
import { connect, SERVICE_OPTIONS } from '../service/connect.ts'
import { each } from '../service/each.ts'
import { EXIT, UsageError } from '../usage/errors.ts'
import { isOn, lastOf, numberOf } from '../usage/options.ts'
import type { Command } from './command.ts'

const HOUR = 3600
const SEVEN_DAYS = 7 * 24 * HOUR

export const purge: Command = {
  summary: 'Drop cached results of files.',
  usage: 'PATTERN…',
  details: 'A pattern is /{processing}{path}, with a "*" for every processing, or at the end for all below: /*/team/*.',
  options: SERVICE_OPTIONS,

  async run(words, terminal) {
    if (words.operands.length === 0) throw new UsageError('Expected a pattern such as /image/logo.png, received nothing.')
    const client = connect(words, terminal, 'key')
    const options = { terminal, isJson: isOn(words, 'json'), isQuiet: isOn(words, 'quiet') }
    return each(words.operands, String, options, async (pattern) => ({
      text: pattern,
      json: { pattern, job: await client.purge(pattern) },
    }))
  },
}

export const sign: Command = {
  summary: 'Sign image URLs, without the service.',
  usage: 'URL… [--seconds SECONDS]',
  details: 'The key is the secureUrlKey of an API key: EMULSION_SECURE_URL_KEY, and the name of that key: EMULSION_KEY_ID.',
  options: [
    { name: 'seconds', value: 'a number', summary: 'How long it opens; an hour when absent, seven days at most.' },
    { name: 'key-id', value: 'a name', summary: 'EMULSION_KEY_ID, or secret, when absent.' },
    { name: 'secure-url-key', value: 'base64', summary: 'EMULSION_SECURE_URL_KEY when absent.' },
  ],

  async run(words, terminal) {
    const { env } = terminal
    const secureUrlKey = lastOf(words, 'secure-url-key') ?? env['EMULSION_SECURE_URL_KEY']
    if (!secureUrlKey) throw new UsageError('Expected a key as --secure-url-key or in EMULSION_SECURE_URL_KEY, received nothing.')
    if (words.operands.length === 0) throw new UsageError('Expected the URL of a picture, received nothing.')
    const id = lastOf(words, 'key-id') ?? (env['EMULSION_KEY_ID'] || 'secret')
    const seconds = numberOf(words, 'seconds', 1, SEVEN_DAYS) ?? HOUR
    const options = { terminal, isJson: isOn(words, 'json'), isQuiet: false }
    return each(words.operands, String, options, async (url) => {
      const signed = await signUrl(url, { id, secureUrlKey }, seconds)
      return { text: signed, json: { url, signed } }
    })
  },
}

export const explain: Command = {
  summary: 'Tell what the service would do with the URL of a picture, and why.',
  usage: 'URL [--accept HEADER]',
  details: 'The answer is JSON (docs/explain.md).',
  options: [{ name: 'accept', value: 'a header', summary: "The client's Accept." }, ...SERVICE_OPTIONS],

  async run(words, terminal) {
    const [url, ...more] = words.operands
    if (url === undefined || more.length > 0) throw new UsageError(`Expected one URL, received ${words.operands.length}.`)
    const accept = lastOf(words, 'accept')
    const answer = await connect(words, terminal, 'key').explain({ url, ...(accept !== undefined && { accept }) })
    terminal.print(JSON.stringify(answer, null, isOn(words, 'json') ? 0 : 2))
    return EXIT.done
  },
}
