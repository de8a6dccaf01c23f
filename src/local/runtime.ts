import { closeSync, openSync, rmSync } from 'node:fs'
import { spawnWorkerd, type Launched } from './renderers/workerd.ts'

/** The socket of the Worker in front (front.ts), by the name that Miniflare gives it: the second Worker's. */
const FRONT = 'direct:1:default'
const RESTART_AFTER_MS = 500
const MOST_RESTARTS_A_MINUTE = 5

export interface RuntimeOptions {
  /** The file of the configuration. */
  readonly config: string
  readonly host: string
  readonly port: number
  /** Path of the Unix socket of Miniflare's own entry. */
  readonly entry: string
  /** `host:port` that receives the log lines of Miniflare's Workers. */
  readonly loopback: string
  /** Reads each line that it logs. */
  readonly onLog: (message: string) => void
  /** It had ended by itself and runs again. */
  readonly onRestart: () => void
  /** It ends again and again, or cannot start again. */
  readonly onFailure: (error: Error) => void
}

export interface Runtime {
  /** The port that it listens on. */
  readonly port: number
  stop(): Promise<void>
}

/**
 * Runs workerd, again when it ends by itself.
 * @throws Error when the first start fails.
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  let stopping = false
  const restarts: number[] = []
  let current = await launch(options)
  const { port } = current
  const watch = ({ child }: Launched): void => void child.once('exit', () => setTimeout(() => void again(), RESTART_AFTER_MS))
  const again = async (): Promise<void> => {
    if (stopping) return
    restarts.push(performance.now())
    if (restarts.filter((at) => at > performance.now() - 60_000).length > MOST_RESTARTS_A_MINUTE)
      return options.onFailure(new Error('workerd ends again and again.'))
    console.warn('workerd ended unexpectedly and is started again.')
    try {
      current = await launch({ ...options, port })
    } catch (error) {
      return options.onFailure(error as Error) // launch throws nothing else
    }
    watch(current)
    if (stopping) current.child.kill('SIGKILL')
    else options.onRestart()
  }
  watch(current)
  return {
    port,
    async stop() {
      stopping = true
      const { child } = current
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = new Promise((done) => child.once('exit', done))
      child.kill('SIGKILL') // state is on disk before it is answered
      await gone
    },
  }
}

async function launch({ config, host, port, entry, loopback, onLog }: RuntimeOptions): Promise<Launched> {
  const input = openSync(config, 'r')
  rmSync(entry, { force: true }) // the socket of the one that ended
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const addresses = [`--socket-addr=entry=unix:${entry}`, `--socket-addr=${FRONT}=${address}`, `--external-addr=loopback=${loopback}`]
  try {
    return await spawnWorkerd(['--binary', ...addresses, '-'], FRONT, { input, onLog })
  } finally {
    closeSync(input)
  }
}
