import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { V8_FLAGS } from '../runtime-config.ts'
import { rendererConfig, SOCKET } from './config.ts'
import { compileConfig, spawnWorkerd, type Launched } from './workerd.ts'

export interface RendererOptions {
  readonly count: number
  /** The folder of the renderer's bundle. */
  readonly bundle: string
  /** A folder for the configuration. */
  readonly folder: string
  /** A folder that only this user can enter, with a short path: whoever reaches a socket can use the renderer. */
  readonly sockets: string
  /** One had ended by itself and runs again. */
  readonly onRestart: () => void
}

export interface RendererProcesses {
  /** Paths of their Unix sockets. */
  readonly sockets: readonly string[]
  stop(): Promise<void>
}

/** One that ended is started again after this, and after twice as long each time that it did not live for long. */
const FIRST_PAUSE_MS = 50
const MAX_PAUSE_MS = 10_000
const LONG_LIFE_MS = 1000
/** Of the operating system: where cores are few, answers that need no pixels go first. */
const NICENESS = 10

/** How long to wait before the next start, from the last wait and from how long the renderer has lived. */
export const pauseAfter = (lastPauseMs: number, livedMs: number): number =>
  livedMs >= LONG_LIFE_MS ? FIRST_PAUSE_MS : Math.min(MAX_PAUSE_MS, lastPauseMs * 2)

/**
 * Runs so many renderers, each a process with its own memory, again when one ends.
 * @throws Error when a first start fails.
 */
export async function startRenderers({ count, bundle, folder, sockets, onRestart }: RendererOptions): Promise<RendererProcesses> {
  const [text, config] = [join(folder, 'renderer.capnp'), join(folder, 'renderer.bin')]
  const paths = Array.from({ length: count }, (_, i) => join(sockets, `renderer-${i}`))
  if (count > 0) {
    writeFileSync(text, rendererConfig(bundle, folder, process.env['MINIFLARE_WORKERD_V8_FLAGS'] ?? V8_FLAGS))
    await compileConfig(text, config)
  }
  const running = await Promise.allSettled(paths.map((path) => keepRunning(config, path, onRestart)))
  const stop = async (): Promise<void> => {
    for (const one of running) if (one.status === 'fulfilled') await one.value()
  }
  const failed = running.find((one) => one.status === 'rejected')
  if (!failed) return { sockets: paths, stop }
  await stop()
  throw failed.reason
}

/** @returns a function that stops it. */
async function keepRunning(config: string, socket: string, onRestart: () => void): Promise<() => Promise<void>> {
  let isStopping = false
  let pauseMs = FIRST_PAUSE_MS
  const launch = (): Promise<Launched> => {
    rmSync(socket, { force: true }) // of the one that ended
    return spawnWorkerd(['--binary', `--socket-addr=${SOCKET}=unix:${socket}`, config], SOCKET, { niceness: NICENESS })
  }
  const watch = ({ child }: Launched): void => {
    const began = performance.now()
    child.once('exit', () => {
      if (isStopping) return
      pauseMs = pauseAfter(pauseMs, performance.now() - began)
      console.warn(`A renderer ended unexpectedly and is started again in ${pauseMs} ms.`)
      setTimeout(() => void again(), pauseMs)
    })
  }
  const again = async (): Promise<void> => {
    if (isStopping) return
    const next = await launch().catch((error: unknown) => {
      console.error(String(error))
      pauseMs = pauseAfter(pauseMs, 0)
      setTimeout(() => void again(), pauseMs)
    })
    if (!next) return
    current = next
    if (isStopping) return void current.child.kill('SIGKILL')
    watch(current)
    onRestart()
  }
  let current = await launch()
  watch(current)
  return async () => {
    isStopping = true
    const { child } = current
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((done) => child.once('exit', done))
    child.kill('SIGKILL') // it holds nothing
    await gone
  }
}
