import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildAgain, npmStart, type FreshClone, type StartedServer } from './fresh-clone.ts'
import { blocksBelow } from './shell-blocks.ts'

export const OPERATING_PAGE = 'docs/operate.md'

/** Runs a script in the clone, with these variables. @throws Error with what it printed when it fails. */
export type RunScript = (script: string, variables: Readonly<Record<string, string>>) => string

/** The blocks of a section that need no Cloudflare account, in their order. */
const commandsBelow = (folder: string, heading: string): readonly string[] =>
  blocksBelow(folder, OPERATING_PAGE, heading, 'sh').filter(
    (block) => !/wrangler (secret|deploy|versions|rollback)|npm run deploy/.test(block),
  )

const codeBelow = (folder: string, heading: string): string => blocksBelow(folder, OPERATING_PAGE, heading, 'ts').join('\n')

/** The values that `export` lines of the page make. */
function exportsOf(blocks: readonly string[], run: RunScript): Readonly<Record<string, string>> {
  const lines = blocks.flatMap((block) => block.split('\n')).filter((line) => line.startsWith('export '))
  const printed = run(`${lines.join('\n')}\nenv | grep ^EMULSION_`, {})
  return Object.fromEntries(
    printed
      .split('\n')
      .flatMap((line) => (line.includes('=') ? [[line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]] : [])),
  )
}

/**
 * The tasks of docs/operate.md that change the installation, after the server of the other pages has ended: its state is backed up, lost and restored; one
 * start shows the second account and both keys, another one that the old key is refused.
 * @param before the server that has ended: its keys are those that the state keeps.
 * @returns what was run.
 */
export async function runOperating(clone: FreshClone, before: StartedServer, run: RunScript): Promise<readonly string[]> {
  const [second, rotating] = [commandsBelow(clone.folder, 'A second account'), commandsBelow(clone.folder, 'Rotating a key')]
  const refused = rotating.filter((block) => block.includes('401'))
  const made = exportsOf([...second, ...rotating], run)
  const use = (blocks: readonly string[]): string =>
    blocks.filter((block) => block.includes('curl') && !block.startsWith('export ')).join('\n')
  const variables = (server: StartedServer) => ({ ...made, EMULSION: server.url, KEY: before.keyOf('Secret key') })

  run([...commandsBelow(clone.folder, 'Staging'), "! grep '= \"emulsion' wrangler.staging.toml"].join('\n'), {})
  run(commandsBelow(clone.folder, 'Back up and restore on your machine').join('\n'), {})
  edit(clone, (config) =>
    insertAfter(
      insertAfter(config, 'keys: [', codeBelow(clone.folder, 'Rotating a key')),
      'accounts: [',
      codeBelow(clone.folder, 'A second account'),
    ),
  )
  await withServer(clone, made, (server) => {
    run(`curl "$EMULSION/Emu1s1n/raw/start/lake.jpg" | cmp - samples/lake.jpg`, variables(server)) // docs/start.md stored it before the loss
    run(use(second), variables(server))
    run(use(rotating.filter((block) => !refused.includes(block))), variables(server))
  })
  edit(clone, (config) => config.replace(/\{\s*id: 'secret',[^}]*\{ env: 'EMULSION_SECRET_KEY' \},[^}]*\},\s*\},\s*/, ''))
  await withServer(clone, made, (server) => run(use(refused), variables(server)))
  return ['Staging', 'Back up and restore on your machine', 'A second account', 'Rotating a key']
}

async function withServer(
  clone: FreshClone,
  variables: Readonly<Record<string, string>>,
  work: (server: StartedServer) => void,
): Promise<void> {
  buildAgain(clone)
  const server = await npmStart(clone, { ...variables, EMULSION_SKIP_BUILD: 'true' })
  try {
    work(server)
  } finally {
    await server.stop()
  }
}

function edit({ folder }: FreshClone, change: (config: string) => string): void {
  const file = join(folder, 'emulsion.config.ts')
  const config = readFileSync(file, 'utf8')
  const changed = change(config)
  if (changed === config) throw new Error('emulsion.config.ts is not what docs/operate.md changes.')
  writeFileSync(file, changed)
}

const insertAfter = (text: string, place: string, inserted: string): string => text.replace(place, () => `${place}\n${inserted}`)
