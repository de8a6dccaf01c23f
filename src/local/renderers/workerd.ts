import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { createRequire } from 'node:module'
import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { printLogs } from '../runtime-logs.ts'

/** The version that Miniflare was made for. */
const { default: workerd } = createRequire(resolve(import.meta.dirname, '../../../node_modules/miniflare/package.json'))('workerd') as {
  readonly default: string
}

const MAX_CONFIG_BYTES = 100_000_000

export interface Launched {
  readonly child: ChildProcess
  /** Of the socket; 0 for a Unix socket. */
  readonly port: number
}

export interface LaunchOptions {
  /** File descriptor of its standard input. */
  readonly input?: number
  /** Reads each line that it logs. */
  readonly onLog?: (message: string) => void
  /** Of its process: 0 is normal, 19 gets what others leave. */
  readonly niceness?: number
}

/**
 * Starts workerd and waits until a socket of its configuration listens. It ends with this process.
 * @throws Error with its last words when it ends before.
 */
export async function spawnWorkerd(
  args: readonly string[],
  socket: string,
  { input, onLog = () => undefined, niceness = 0 }: LaunchOptions = {},
): Promise<Launched> {
  const child = spawn(workerd, ['serve', '--experimental', '--control-fd=3', ...args], {
    stdio: [input ?? 'ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, TZ: 'UTC' },
  })
  if (niceness > 0 && child.pid !== undefined) setPriority(child.pid, niceness) // before it has threads: they inherit it
  const end = (): void => void child.kill('SIGKILL')
  process.once('exit', end)
  child.once('exit', () => process.off('exit', end))
  const lastWords = printLogs(onLog, child.stdout as Readable, child.stderr as Readable)
  const listening = portOf(child.stdio[3] as Readable, socket)
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject)
    child.once('close', () => reject(new Error(`workerd did not start.\n${lastWords()}`)))
  })
  return { child, port: await Promise.race([listening, failed]) }
}

/**
 * Turns a configuration as text, with all that it embeds, into the form that workerd reads at once: each process that embeds for itself keeps 8 MB more.
 * @throws Error with workerd's words.
 */
export async function compileConfig(text: string, file: string): Promise<void> {
  const { stdout } = await promisify(execFile)(workerd, ['compile', '--config-only', text], {
    encoding: 'buffer',
    maxBuffer: MAX_CONFIG_BYTES,
  })
  writeFileSync(file, stdout)
}

/** Each line of the control pipe says where one socket listens. */
async function portOf(control: Readable, name: string): Promise<number> {
  const lines = createInterface(control)
  return new Promise((done) =>
    lines.on('line', (line) => {
      const { event, socket, port } = JSON.parse(line) as { event?: string; socket?: string; port?: number } // written by workerd
      if (event === 'listen' && socket === name) done(port ?? 0)
    }),
  )
}
