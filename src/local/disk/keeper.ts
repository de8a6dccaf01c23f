import { statfs } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { DiskState } from '../../service/ports.ts'
import { ballastSize, divideReserve, dropBallast, nextBallast, resizeBallast } from './ballast.ts'

const MEGABYTE = 1e6
const LOOK_EVERY_MS = 250
const DEFAULT_RESERVE = 32 * MEGABYTE
/** A small disk gives less. */
const MOST_OF_DISK = 1 / 8

/** What workerd's disk service says of a write that failed, at the end of a line of its own: ENOSPC, EDQUOT, EFBIG of Linux and macOS. */
const NO_SPACE = /^e = \S+: .*\(os error (?:28|122|69|27)\)$/

export interface DiskKeeper {
  /** Reads a line of workerd's log: a write that found no space is told to nobody else. */
  readLog(message: string): void
  close(): Promise<void>
}

export interface DiskKeeperOptions {
  readonly statePath: string
  /** Bytes that stay free for what must always be possible; `undefined`: a part of the disk. */
  readonly reserve: number | undefined
  /** Path of the Unix socket on which the Worker asks for the state of the disk. */
  readonly socket: string
}

/**
 * Watches the disk of the state folder, so that a full one never stands still: writes are refused while there is still space to delete, and the
 * ballast is given back when other programs leave less than that.
 */
export async function startDiskKeeper({ statePath, reserve, socket }: DiskKeeperOptions): Promise<DiskKeeper> {
  const { bsize, blocks } = await statfs(statePath)
  const whole = reserve ?? Math.min(DEFAULT_RESERVE, Math.floor(bsize * blocks * MOST_OF_DISK))
  const parts = divideReserve(whole)
  let failures = 0
  let wasFull = false
  const free = async (): Promise<number> => statfs(statePath).then((now) => now.bavail * now.bsize)
  const keep = async (): Promise<DiskState> => {
    await resizeBallast(statePath, nextBallast(parts, await free(), await ballastSize(statePath)))
    const usable = (await free()) + (await ballastSize(statePath)) - whole
    if (usable <= 0 !== wasFull) console.warn(wasFull ? 'The disk of the state folder has space again.' : fullMessage(whole))
    wasFull = usable <= 0
    return { usable, failures }
  }
  let last: Promise<unknown> = Promise.resolve()
  const keepNext = (): Promise<DiskState> => {
    const next = last.then(keep)
    last = next.catch((error: unknown) => console.error(`The state folder cannot be watched: ${String(error)}`))
    return next
  }
  await keepNext()
  const timer = setInterval(() => void keepNext().catch(() => undefined), LOOK_EVERY_MS)
  const server = createServer((_, response) => {
    keepNext().then(
      (state) => response.end(JSON.stringify(state)),
      () => response.destroy(),
    )
  })
  await new Promise<void>((done, failed) => server.once('error', failed).listen(socket, done))
  return {
    readLog: (message) => void (NO_SPACE.test(message) && failures++),
    async close() {
      clearInterval(timer)
      await last
      dropBallast(statePath)
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

const fullMessage = (reserve: number): string =>
  `The disk of the state folder is full: what would be stored is answered with 507 until more than ${Math.ceil(reserve / MEGABYTE)} MB are free. Reading and deleting go on.`
