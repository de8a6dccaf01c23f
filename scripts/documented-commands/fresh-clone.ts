import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** wrangler stays off the network. */
const QUIET = { WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' }

export interface FreshClone {
  readonly folder: string
  readonly environment: NodeJS.ProcessEnv
  remove(): void
}

/** The last commit in a folder of its own, with the installed packages, and a shell that finds the machine's Node, not the packages' one. */
export function cloneFresh(root: string): FreshClone {
  const folder = mkdtempSync(join(tmpdir(), 'emulsion-docs-'))
  const cloned = spawnSync('git', ['clone', '--quiet', root, folder], { stdio: 'inherit' })
  if (cloned.status !== 0) throw new Error('git clone failed')
  cpSync(join(root, 'node_modules'), join(folder, 'node_modules'), { recursive: true, verbatimSymlinks: true })
  const path = (process.env['PATH'] ?? '').split(':').filter((entry) => !entry.includes('node_modules'))
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|EMULSION_|NODE_|PORT$|HOST$)/.test(name))
  return {
    folder,
    environment: { ...Object.fromEntries(own), PATH: path.join(':') },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export interface StartedServer {
  readonly url: string
  /** What the banner calls a key, and the key. */
  keyOf(label: string): string
  stop(): Promise<void>
}

/** `npm start`, as the README says, on a free port. @throws Error with its output when it does not come up. */
export async function npmStart({ folder, environment }: FreshClone, more: Readonly<Record<string, string>>): Promise<StartedServer> {
  const child = spawn('npm', ['start'], { cwd: folder, env: { ...environment, PORT: '0', ...more }, detached: true })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await new Promise<void>((ready, failed) => {
    child.once('exit', (code) => failed(new Error(`npm start ended with ${code}:\n${output}`)))
    const look = setInterval(() => {
      if (!output.includes('  Open  ')) return
      clearInterval(look)
      ready()
    }, 50)
  })
  return {
    url: /ready at (\S+)/.exec(output)?.[1] ?? '',
    keyOf: (label) => new RegExp(`${label}\\s+(\\S+)`).exec(output)?.[1] ?? '',
    stop: () => stopGroup(child),
  }
}

async function stopGroup(child: ChildProcess): Promise<void> {
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  process.kill(-(child.pid ?? 0), 'SIGTERM')
  await ended
}

/**
 * Bundles the Worker of a clone anew, for a changed emulsion.config.ts. What else the build of the first start has made is there: the core, the pages and the
 * renderer, which has no settings.
 */
export function buildAgain({ folder, environment }: FreshClone): void {
  const quick = 'wrangler.again.toml'
  const wrangler = readFileSync(join(folder, 'wrangler.toml'), 'utf8')
  writeFileSync(join(folder, quick), wrangler.replace(/^\[build\]\n(?:.+\n)+/m, ''))
  const built = spawnSync('npx', ['wrangler', 'deploy', '-c', quick, '--dry-run', '--outdir', 'dist'], {
    cwd: folder,
    env: { ...environment, ...QUIET },
    encoding: 'utf8',
  })
  if (built.status !== 0) throw new Error(`The build ended with ${built.status}:\n${built.stdout}\n${built.stderr}`)
}
