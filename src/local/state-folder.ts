import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts'

interface Holder extends ProcessIdentity {
  /** Runtimes that it started: they outlive it when it is killed. */
  readonly runtimes: readonly ProcessIdentity[]
}

export interface StateFolder {
  /** Notes the runtimes of this server, so that the next one can end what a kill left behind. */
  record(pids: readonly number[]): void
  release(): void
}

/**
 * Makes the folder where it is missing and locks it: two servers on one folder would ruin each other's databases. A lock whose process has
 * ended is taken over, and a runtime that this process left behind is ended.
 * @throws Error that says what is wrong with the folder, or who holds it.
 */
export function openStateFolder(path: string): StateFolder {
  makeFolder(path)
  const file = join(path, 'lock')
  const own = identify(process.pid)
  if (own === null) throw new Error('The system does not tell when this process began.')
  const write = (holder: Holder): string => {
    const draft = join(path, `lock-${process.pid}`)
    writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 })
    return draft
  }
  const draft = write({ ...own, runtimes: [] })
  try {
    acquire(file, draft, path)
  } finally {
    rmSync(draft, { force: true })
  }
  return {
    record: (pids) => renameSync(write({ ...own, runtimes: pids.flatMap((pid) => identify(pid) ?? []) }), file),
    release: () => rmSync(file, { force: true }),
  }
}

function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === false)
    throw new Error(`EMULSION_STATE: ${path} is a file, expected a folder`)
  const probe = join(path, `probe-${process.pid}`)
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    writeFileSync(probe, 'writable')
    rmSync(probe)
  } catch (error) {
    throw new Error(`EMULSION_STATE: ${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}

/** A link is made whole or not at all, and only where none is. */
function acquire(file: string, draft: string, path: string): void {
  for (let tries = 0; tries < 20; tries++) {
    try {
      return linkSync(draft, file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error // of node:fs
    }
    const text = readIfThere(file)
    if (text === null) continue
    const holder = readHolder(text)
    if (holder !== null && isAlive(holder))
      throw new Error(
        `Another server (process ${holder.pid}) uses the state folder ${path}. Stop it, or choose another folder: EMULSION_STATE=.emulsion-2 npm start`,
      )
    holder?.runtimes.filter(isAlive).forEach(({ pid }) => process.kill(pid, 'SIGKILL'))
    moveAway(file, text)
  }
  throw new Error(`The lock ${file} changes all the time: several servers start on this state folder.`)
}

/** Removes the lock that was judged. When somebody was faster, what was moved is a newer lock: it goes back. */
function moveAway(file: string, judged: string): void {
  const aside = `${file}-stale-${process.pid}`
  try {
    renameSync(file, aside)
    if (readIfThere(aside) !== judged) return renameSync(aside, file)
    rmSync(aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error // of node:fs
  }
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

/** null for what no server wrote. */
function readHolder(text: string): Holder | null {
  try {
    const { pid, began, runtimes } = JSON.parse(text) as Partial<Holder>
    return typeof pid === 'number' && typeof began === 'string' && Array.isArray(runtimes) ? { pid, began, runtimes } : null
  } catch {
    return null
  }
}
