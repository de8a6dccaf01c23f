import { type Client, createClient } from '../../../client/src/index.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { quoted, UsageError } from '../usage/errors.ts'
import { lastOf, type Option, type Words } from '../usage/options.ts'

/** How a command reaches the service: options, and variables of the environment where they are absent. */
export const SERVICE_OPTIONS: readonly Option[] = [
  { name: 'url', value: 'a URL', summary: 'The service; EMULSION_URL when absent.' },
  {
    name: 'key',
    value: 'a key',
    summary: 'A secret or public key; EMULSION_API_KEY when absent. Other users of the machine see options: prefer the variable.',
  },
  { name: 'account', value: 'an account', summary: "Seven characters; EMULSION_ACCOUNT, or the key's own, when absent." },
]

export const BATCH_OPTIONS: readonly Option[] = [
  ...SERVICE_OPTIONS,
  { name: 'secret', value: 'a secret', summary: 'Of the batch service; EMULSION_BATCH_SECRET when absent.' },
  { name: 'service', value: 'a number', summary: 'Id of the batch service; 1 when absent.' },
]

/** What a command needs of the settings. */
export type Need = 'key' | 'secret' | 'nothing'

/** @throws UsageError that names the option and the variable that is missing. */
export function connect(words: Words, { env }: Terminal, need: Need): Client {
  const setting = (option: string, variable: string): string | undefined => lastOf(words, option) ?? (env[variable] || undefined)
  const url = setting('url', 'EMULSION_URL')
  if (url === undefined) throw new UsageError('Expected the URL of the service as --url or in EMULSION_URL, received nothing.')
  if (!/^https?:\/\/[^/]+\/?$/.test(url) || !URL.canParse(url))
    throw new UsageError(`Expected a URL such as https://images.example.com, received ${quoted(url)}.`)
  const apiKey = setting('key', 'EMULSION_API_KEY')
  const batchSecret = setting('secret', 'EMULSION_BATCH_SECRET')
  if (need === 'key' && apiKey === undefined) throw new UsageError('Expected a key as --key or in EMULSION_API_KEY, received nothing.')
  if (need === 'secret' && batchSecret === undefined)
    throw new UsageError('Expected the secret of a batch service as --secret or in EMULSION_BATCH_SECRET, received nothing.')
  return createClient({
    url,
    apiKey,
    account: setting('account', 'EMULSION_ACCOUNT'),
    batchSecret,
    serviceId: Number(lastOf(words, 'service') ?? 1),
  })
}

/** Operands that are paths of the account. @throws UsageError. */
export function pathsOf({ operands }: Words, least = 1): readonly string[] {
  if (operands.length < least) throw new UsageError('Expected a path of the account such as /photos/a.jpg, received nothing.')
  const wrong = operands.find((path) => !path.startsWith('/'))
  if (wrong !== undefined) throw new UsageError(`Expected a path that begins with "/", received ${quoted(wrong)}.`)
  return operands
}
