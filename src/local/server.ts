import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { readAllowHosts } from '../service/outbound/guard.ts'
import { OPTIONS_FILE, RENDERER_FOLDER } from './build.ts'
import { startCron } from './cron.ts'
import { startDiskKeeper } from './disk/keeper.ts'
import { startOutbound } from './outbound.ts'
import { startRenderers, type RendererProcesses } from './renderers/processes.ts'
import { assembleConfig } from './runtime-config.ts'
import { startLogReceiver } from './runtime-logs.ts'
import { startRuntime } from './runtime.ts'
import type { LocalSettings } from './settings.ts'

const root = resolve(import.meta.dirname, '../..')

export interface LocalServer {
  readonly url: URL
  dispose(): Promise<void>
}

export interface ServerEvents {
  /** workerd, or a renderer, had ended by itself and runs again. */
  readonly onRestart?: () => void
  /** workerd cannot run any more. */
  readonly onFailure?: (error: Error) => void
}

/**
 * Serves the bundle on workerd, with R2, cache, queues and Durable Objects below the state folder.
 * @throws Error when there is no bundle, or when workerd does not start.
 */
export async function startServer(settings: LocalSettings, events: ServerEvents = {}): Promise<LocalServer> {
  const dist = resolve(root, process.env['EMULSION_DIST'] ?? 'dist') // another one than that of `npm start` for drills
  if (!existsSync(join(dist, OPTIONS_FILE))) throw new Error(`${dist} holds no bundle: start without EMULSION_SKIP_BUILD once.`)
  const { host, port, variables } = settings
  const folder = join(settings.statePath, 'runtime')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { mode: 0o700 }) // the configuration holds the keys
  const sockets = mkdtempSync(join(tmpdir(), 'emulsion-entry-')) // 0700: the entry trusts its callers. Paths of sockets must be short
  const entry = join(sockets, 'entry')
  const outbound = await startOutbound(readAllowHosts(variables['EMULSION_ALLOW_HOSTS']))
  const logs = await startLogReceiver()
  const disk = join(sockets, 'disk')
  const keeper = await startDiskKeeper({ statePath: settings.statePath, reserve: settings.diskReserve, socket: disk })
  let renderers: RendererProcesses | undefined
  const close = async (): Promise<void> => {
    await Promise.all([outbound.close(), logs.close(), keeper.close(), renderers?.stop()])
    for (const each of [folder, sockets]) rmSync(each, { recursive: true, force: true })
  }
  try {
    const { onRestart = () => undefined, onFailure = () => undefined } = events
    const bundle = join(dist, RENDERER_FOLDER)
    renderers = await startRenderers({ count: settings.renderers, bundle, folder, sockets, onRestart })
    const config = await assembleConfig({ settings, dist, outbound: outbound.address, disk, renderers: renderers.sockets }, folder)
    const onLog = keeper.readLog
    const runtime = await startRuntime({ config, host, port, entry, loopback: logs.address, onLog, onRestart, onFailure })
    const cron = startCron(entry)
    return {
      url: new URL(`http://${reachable(host)}:${runtime.port}`),
      async dispose() {
        cron.stop()
        await runtime.stop()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** A host under which this machine reaches a server that listens on `host`. */
function reachable(host: string): string {
  if (['0.0.0.0', '*', '::'].includes(host)) return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
