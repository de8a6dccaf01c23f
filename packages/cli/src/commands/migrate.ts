import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { rewriteUrls } from '../migrate/rewrite.ts'
import { migratedFiles } from '../migrate/sources.ts'
import { writeWhole } from '../render/write-file.ts'
import { connect, SERVICE_OPTIONS } from '../service/connect.ts'
import { each } from '../service/each.ts'
import { typeOfName } from '../service/types.ts'
import { bytes, printable } from '../terminal/progress.ts'
import { EXIT, quoted, UsageError } from '../usage/errors.ts'
import { isOn, lastOf } from '../usage/options.ts'
import type { Command } from './command.ts'
import { translated } from './translate.ts'

export const migrate: Command = {
  summary: 'Copy files into an account, and exchange URLs of other services in texts.',
  usage: 'FOLDER|LIST|s3://BUCKET[/FOLDER] --to PATH [--apply]\n       emulsion migrate --rewrite FILE… [--apply]',
  details: `Without --apply nothing is changed: it tells what would be. LIST has a URL a line; its files are fetched from there.
A bucket is read with the variables of aws: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_ENDPOINT_URL.
Files that lie in the account at their path, of the same size, are left out: so it may be stopped and started again.

With --rewrite the operands are texts (HTML, Markdown, CSS …). A URL is exchanged only where ours says exactly the same; the others are told, and stay.`,
  options: [
    { name: 'to', value: 'a path', summary: 'Folder of the account; / when absent.' },
    { name: 'rewrite', summary: 'Exchange URLs in texts.' },
    { name: 'apply', summary: 'Do it.' },
    ...SERVICE_OPTIONS,
  ],

  async run(words, terminal) {
    const client = connect(words, terminal, isOn(words, 'rewrite') ? 'nothing' : 'key')
    const isApplied = isOn(words, 'apply')
    const options = { terminal, isJson: isOn(words, 'json'), isQuiet: isOn(words, 'quiet') }
    if (words.operands.length === 0)
      throw new UsageError('Expected a folder, a bucket, a list of URLs, or texts with --rewrite, received nothing.')
    if (isOn(words, 'rewrite')) {
      const { url, account } = client.address
      if (account === '') throw new UsageError('Expected an account as --account, in EMULSION_ACCOUNT or in the key, received nothing.')
      return each(words.operands, String, options, async (file) => {
        const { text, changed, kept } = rewriteUrls(await readFile(file, 'utf8'), url, (foreign) => translatedOrNot(foreign, account))
        if (!options.isJson) for (const { url: left, because } of kept) terminal.say(printable(`${file}: ${left} stays: ${because}`))
        if (isApplied && changed > 0) await writeWhole(file, Buffer.from(text), true)
        return {
          text: `${file}: ${changed} URLs ${isApplied ? 'exchanged' : 'would be exchanged'}`,
          json: { file, changed, kept, isApplied },
        }
      })
    }
    const [source = '', ...more] = words.operands
    if (more.length > 0) throw new UsageError(`Expected one folder, bucket or list, received ${quoted(words.operands.join(' '))}.`)
    const to = (lastOf(words, 'to') ?? '/').replace(/\/$/, '')
    if (to !== '' && !to.startsWith('/')) throw new UsageError(`Expected a path of the account for --to, received ${quoted(to)}.`)
    const files = await migratedFiles(source, to, terminal.env)
    const there = new Map<string, number>()
    for await (const entry of client.list(to === '' ? '/' : to, { recursive: true, signal: terminal.interrupted }))
      if (!('folder' in entry)) there.set(entry.path, entry.size)
    const left = files.filter(({ path, size }) => !there.has(path) || (size !== null && there.get(path) !== size))
    const code = await each(
      left,
      ({ name }) => name,
      options,
      async ({ name, path, open }) => {
        if (!isApplied) return { text: `${name} → ${path}`, json: { name, path, isApplied } }
        const data = await open(terminal.interrupted)
        await client.upload(data, { path, mime: typeOfName(extname(path)) ?? (data.type || undefined), signal: terminal.interrupted })
        return { text: `${path} ${bytes(data.size)}`, json: { name, path, bytes: data.size, isApplied } }
      },
    )
    const done = isApplied ? 'copied' : 'would be copied: --apply does it'
    if (!options.isQuiet && code !== EXIT.interrupted)
      terminal.say(`${files.length - left.length} of ${files.length} were there, ${left.length} ${code === EXIT.done ? done : 'tried'}`)
    return code
  },
}

function translatedOrNot(url: string, account: string): ReturnType<typeof translated> | null {
  try {
    return translated(url, account)
  } catch {
    return null
  }
}
