import { randomFillSync } from 'node:crypto'
import { rmSync } from 'node:fs'
import { open, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'

const MEGABYTE = 2 ** 20
const MOST_BALLAST = 16 * MEGABYTE

/** How a reserve is divided, in bytes. */
export interface Reserve {
  /** Lies in a file, and is given back when other programs fill the disk: databases need space even to delete. */
  readonly ballast: number
  /** Stays free. */
  readonly floor: number
}

/** @param bytes the whole reserve. */
export function divideReserve(bytes: number): Reserve {
  const ballast = Math.min(MOST_BALLAST, Math.floor(bytes / 2))
  return { ballast, floor: bytes - ballast }
}

/**
 * The size that the ballast should have. It is given back in small steps, since the program that fills the disk may take each of them.
 * @param free bytes that are free now.
 * @param size its bytes now.
 */
export function nextBallast({ ballast, floor }: Reserve, free: number, size: number): number {
  if (free < floor / 8) return Math.max(0, Math.floor(size - (floor / 4 - free)))
  return free - (ballast - size) >= floor ? ballast : size
}

const fileOf = (statePath: string): string => join(statePath, 'reserve')

/** Bytes of the ballast of a state folder. */
export const ballastSize = async (statePath: string): Promise<number> =>
  stat(fileOf(statePath)).then(
    ({ size }) => size,
    () => 0,
  )

/** Gives the ballast this size. Random bytes: what is compressible would take no space on some file systems. */
export async function resizeBallast(statePath: string, size: number): Promise<void> {
  let now = await ballastSize(statePath)
  if (size <= now) return now === size ? undefined : truncate(fileOf(statePath), size)
  const file = await open(fileOf(statePath), 'a', 0o600)
  try {
    const chunk = randomFillSync(Buffer.alloc(Math.min(MEGABYTE, size - now)))
    while (now < size) now += (await file.write(chunk, 0, Math.min(chunk.length, size - now))).bytesWritten
  } finally {
    await file.close()
  }
}

/** Gives all of it back, as far as the folder lets us. */
export function dropBallast(statePath: string): void {
  try {
    rmSync(fileOf(statePath), { force: true })
  } catch {
    // whoever opens the folder says what is wrong with it
  }
}
