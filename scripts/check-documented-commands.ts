// `npm run test:docs`: runs the commands of README, CONTRIBUTING and docs/ in a fresh clone of the last commit, on the machine's own Node.
import { spawn, spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { cloneFresh, npmStart, type FreshClone, type StartedServer } from './documented-commands/fresh-clone.ts'
import { OPERATING_PAGE, runOperating } from './documented-commands/operating.ts'
import { blocksBelow, mentionedScripts, type ShellBlock, shellBlocks } from './documented-commands/shell-blocks.ts'

const ROOT = resolve(import.meta.dirname, '..')

/** Blocks that are not run, by what stands in them, and why. */
const NOT_RUN: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/wrangler|npm run deploy/, 'needs a Cloudflare account'],
  [/npm (ci && npm )?start$/m, 'is how the server of this test was started'],
  [/^npm test$/m, 'is what calls this test, or runs for minutes'],
  [/npm run upgrade-report/, 'takes minutes, and two versions'],
  [/^(npx )?emulsion /m, 'is the program of packages/cli: test/packages runs it'],
  [/npm run migrate/, 'needs two servers: test/e2e/sdk-migrate.test.ts runs it'],
  [/^docker /m, 'needs a Docker engine'],
  [/^(aws|rclone|s3cmd) /m, 'is a client of S3 that may not be installed'],
]

/** Scripts that pages mention and that end within seconds. The others are listed as not run. */
const QUICK_SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  'build:assembly': [],
  'build:console': [],
  'build:docs': [],
  'build:openapi': [],
  docs: ['--', '--check'],
}

const ANSWER = '/tmp/emulsion-docs-answer.$$'
const RECEIVER = '/tmp/emulsion-docs-callback.$$'
const LAST_PROCESS = `$(sed -E 's/.*"process_id": ?"([^"]+)".*/\\1/' ${ANSWER})`

const LAST_HANDLE = `$(sed -E 's/.*"handle": ?"([^"]+)".*/\\1/' ${ANSWER})`
/** The app that docs/filestack.md starts the server with. */
const FILESTACK_APP = { EMULSION_FILESTACK_KEY: 'myAppKey', EMULSION_FILESTACK_SECRET: 'mySecret' }

const problems: string[] = []
const BASH = ['-euo', 'pipefail', '-c']
const shell = (command: string, clone: FreshClone, variables: Readonly<Record<string, string>> = {}) =>
  spawnSync('bash', [...BASH, command], {
    cwd: clone.folder,
    env: { ...clone.environment, ...variables },
    encoding: 'utf8',
    timeout: 60_000,
  })

/** One page after another in one shell a page, since its blocks share variables. */
function runPage(page: string, blocks: readonly ShellBlock[], server: StartedServer, clone: FreshClone): void {
  const run = blocks.filter((block) => {
    const reason = NOT_RUN.find(([pattern]) => pattern.test(block.text))
    if (reason) console.log(`not run  ${page}:${block.line}  ${reason[1]}`)
    return !reason
  })
  if (run.length === 0) return
  const script = run.map((block) => `echo "# ${page}:${block.line}" >&2\n${withKeys(block.text, server)}`).join('\n')
  const { status, stdout, stderr } = shell(`${PRELUDE}\n${script}\n${RECEIVED}`, clone)
  if (status === 0) for (const block of run) console.log(`ran      ${page}:${block.line}`)
  else problems.push(`${page} ended with ${status}:\n${stdout.slice(-2000)}\n${stderr.slice(-2000)}`)
}

/** curl fails for an HTTP error, and remembers the last process for blocks that speak of one. */
const PRELUDE = `
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
curl() { command curl --fail-with-body --max-time 30 -sS "$@" | tee ${ANSWER}; }
`

/** A page that started a receiver of callbacks must have got one. */
const RECEIVED = `
got=${RECEIVER}
if [ -e $got ]; then for i in $(seq 100); do [ -s $got ] && break; sleep 0.1; done; grep -q process_id $got; fi
`

/** The placeholders of the pages, with what the banner printed. */
const withKeys = (text: string, server: StartedServer): string =>
  text
    .replaceAll('http://127.0.0.1:8787', server.url)
    .replaceAll('secret_Emu1s1n…', server.keyOf('Secret key'))
    .replaceAll('SECRET=…', `SECRET=${server.keyOf('Batch secret')}`)
    .replaceAll('omMGChsHXAwRcj5-tUbkM', () => LAST_PROCESS)
    .replaceAll('HANDLE=…', () => `HANDLE=${LAST_HANDLE}`)
    .replaceAll(/^(?:EMULSION_\w+=\S+ )+npm start.*$/gm, '# the server was started so')
    .replaceAll(/^node -e (.*)$/gm, (_line, program: string) => `node -e ${program} > ${RECEIVER} & sleep 1`)

/** The dry run of a deployment, beside the pages, which mostly wait. */
async function runDeployment(clone: FreshClone): Promise<void> {
  const command = blocksBelow(ROOT, OPERATING_PAGE, 'Try a deployment', 'sh').join('\n')
  const child = spawn('bash', [...BASH, command], { cwd: clone.folder, env: clone.environment, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const status = await new Promise<number | null>((done) => child.once('close', done))
  const isDry = output.includes('--dry-run: exiting now')
  if (status === 0 && isDry) console.log(`ran      ${OPERATING_PAGE}: ${command.trim()}`)
  else problems.push(`${command} ended with ${status}:\n${output.slice(-2000)}`)
}

/** The tasks that change the installation. */
async function operate(clone: FreshClone, server: StartedServer): Promise<void> {
  const run = (script: string, variables: Readonly<Record<string, string>>): string => {
    const { status, stdout, stderr } = shell(`${PRELUDE}\n${script}`, clone, variables)
    if (status !== 0) throw new Error(`${script}\nended with ${status}:\n${stdout.slice(-2000)}\n${stderr.slice(-2000)}`)
    return stdout
  }
  try {
    for (const section of await runOperating(clone, server, run)) console.log(`ran      ${OPERATING_PAGE}: ${section}`)
  } catch (error) {
    problems.push(`${OPERATING_PAGE}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function runScripts(clone: FreshClone): void {
  for (const name of mentionedScripts(ROOT)) {
    const args = QUICK_SCRIPTS[name]
    if (args === undefined) {
      console.log(`not run  npm run ${name}  takes minutes, or changes files`)
      continue
    }
    const { status, stderr } = shell(['npm', 'run', '--silent', name, ...args].join(' '), clone)
    if (status === 0) console.log(`ran      npm run ${name}`)
    else problems.push(`npm run ${name} ended with ${status}:\n${stderr.slice(-2000)}`)
  }
}

async function main(): Promise<number> {
  const clone = cloneFresh(ROOT)
  try {
    console.log(`Node ${shell('node --version', clone).stdout.trim()}, a clone of the last commit in ${clone.folder}`)
    const server = await npmStart(clone, { EMULSION_ALLOW_HOSTS: '127.0.0.1:9000', ...FILESTACK_APP })
    try {
      const deployment = runDeployment(clone)
      const pages = Map.groupBy(shellBlocks(ROOT), ({ page }) => page)
      for (const [page, blocks] of pages) if (page !== OPERATING_PAGE) runPage(page, blocks, server, clone)
      await deployment
      runScripts(clone)
    } finally {
      await server.stop()
    }
    await operate(clone, server)
  } finally {
    clone.remove()
  }
  for (const problem of problems) console.error(`\n${problem}`)
  console.log(`${problems.length} problems`)
  return problems.length === 0 ? 0 : 1
}

process.exitCode = await main()
