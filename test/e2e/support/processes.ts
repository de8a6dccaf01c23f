import { readFileSync } from 'node:fs'

/** Of a process, with spaces between; empty when it has ended. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    return ''
  }
}

/** The processes that one has started. */
function childrenOf(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return children.split(' ').filter(Boolean).map(Number)
}

/** The workerd of a server and its renderers. */
export const runtimesOf = (server: number): readonly number[] =>
  childrenOf(server).filter((pid) => commandOf(pid).includes('--socket-addr='))

/** The workerd of a server, which serves. */
export const workerdOf = (server: number): number | undefined =>
  childrenOf(server).find((pid) => commandOf(pid).includes('--socket-addr=entry='))

/** The renderers of a server. */
export const renderersOf = (server: number): readonly number[] =>
  childrenOf(server).filter((pid) => commandOf(pid).includes('--socket-addr=renderer='))
