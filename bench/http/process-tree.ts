import { readdirSync, readFileSync } from 'node:fs'

/** What a process, or it and all that it has started, hold and have used. */
export interface TreeUse {
  /** User and system time in milliseconds, of those that have ended and were waited for as well. */
  readonly cpuMs: number
  /** Resident megabytes; pages that several processes share are counted in each of them. */
  readonly residentMb: number
  /** The same, but what is shared is counted once (PSS). */
  readonly proportionalMb: number
}

/** Linux counts time in hundredths of a second. */
const MS_PER_TICK = 10

/** @param root its process id. */
export function useOfTree(root: number): TreeUse {
  const all = treeOf(root).map(useOf)
  const sum = (key: keyof TreeUse): number => all.reduce((total, one) => total + one[key], 0)
  return { cpuMs: sum('cpuMs'), residentMb: sum('residentMb'), proportionalMb: sum('proportionalMb') }
}

/** The process and its descendants that live. */
export function treeOf(root: number): readonly number[] {
  const children = readdirSync(`/proc/${root}/task`).flatMap((task) => readOr(`/proc/${root}/task/${task}/children`, '').split(' '))
  return [root, ...children.filter((pid) => pid.trim() !== '').flatMap((pid) => treeOf(Number(pid)))]
}

export function useOf(pid: number): TreeUse {
  // Behind the name, which may hold spaces: the fields from the third on (proc_pid_stat(5)).
  const fields = readOr(`/proc/${pid}/stat`, '').split(') ')[1]?.split(' ').map(Number) ?? []
  const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15)
  return {
    cpuMs: (user + system + childrenUser + childrenSystem) * MS_PER_TICK,
    residentMb: kilobytes(readOr(`/proc/${pid}/status`, ''), 'VmRSS') / 1000,
    proportionalMb: kilobytes(readOr(`/proc/${pid}/smaps_rollup`, ''), 'Pss') / 1000,
  }
}

/** The renderers among the processes of `npm start`. */
export const renderersOf = (root: number): readonly number[] =>
  treeOf(root).filter((pid) => readOr(`/proc/${pid}/cmdline`, '').includes('--socket-addr=renderer='))

const kilobytes = (text: string, name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0)

/** A process may end at any time. */
function readOr(path: string, absent: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return absent
  }
}
