import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** A process by its number and by when it began: numbers are used again, also by the next boot. */
export interface ProcessIdentity {
  readonly pid: number
  readonly began: string
}

/** The living process of this number, or null. A process that has ended but was not collected yet counts as ended. */
export function identify(pid: number): ProcessIdentity | null {
  const began = process.platform === 'linux' ? beganOnLinux(pid) : beganElsewhere(pid)
  return began === null ? null : { pid, began }
}

export const isAlive = ({ pid, began }: ProcessIdentity): boolean => identify(pid)?.began === began

/** proc(5): the state is the first and the start time the twentieth field after the name, which stands in parentheses. */
function beganOnLinux(pid: number): string | null {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    if (fields[0] === 'Z' || fields[0] === 'X') return null
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${fields[19]}`
  } catch {
    return null
  }
}

function beganElsewhere(pid: number): string | null {
  const { status, stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
  return status === 0 && stdout.trim() !== '' ? stdout.trim() : null
}

/** Numbers of the processes that this one started and that run. Empty where the system does not tell. */
export function children(): readonly number[] {
  try {
    return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}
