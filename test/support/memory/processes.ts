import { isWithin } from '../../../src/service/files/path-scope.ts'
import { createProcessHost, type ProcessHost } from '../../../src/service/processes/host.ts'
import { DEFAULT_POLICY } from '../../../src/service/processes/policy.ts'
import type { ProcessIndex, ProcessStore } from '../../../src/service/processes/ports.ts'
import { isTerminal, type ProcessSummary } from '../../../src/service/processes/record.ts'
import { MemoryProcessStorage } from './process-storage.ts'

/** Processes whose jobs nobody does. */
export function memoryProcessStore(index: ProcessIndex = memoryProcessIndex()): ProcessStore {
  const hosts = new Map<string, ProcessHost>()
  const hostOf = (id: string): ProcessHost => {
    const host =
      hosts.get(id) ??
      createProcessHost({
        storage: new MemoryProcessStorage(),
        queue: { send: () => Promise.resolve() },
        index,
        deliver: () => Promise.resolve({ status: 200, error: null, retryAfterMs: null, final: false }),
        clock: { now: Date.now },
        log: () => undefined,
        policy: DEFAULT_POLICY,
      })
    hosts.set(id, host)
    return host
  }
  return {
    create: (definition) => hostOf(definition.id).create(definition),
    read: (id) => Promise.resolve(hostOf(id).read()),
    dispatch: (id, event) => hostOf(id).dispatch(event),
    notices: (id, seq, waitMs) => hostOf(id).notices(seq, waitMs),
  }
}

const newestFirst = (a: ProcessSummary, b: ProcessSummary): number => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1)

export function memoryProcessIndex(): ProcessIndex {
  const lines = new Map<string, ProcessSummary>()
  const of = (account: string): ProcessSummary[] => [...lines.values()].filter(({ owner }) => owner.account === account)
  return {
    put(summary) {
      const known = lines.get(summary.id)
      if (!known || summary.revision > known.revision)
        lines.set(summary.id, { ...summary, createdAt: known?.createdAt ?? summary.createdAt })
      return Promise.resolve()
    },
    remove(_owner, id) {
      lines.delete(id)
      return Promise.resolve()
    },
    known: (account, ids) => Promise.resolve(ids.filter((id) => lines.get(id)?.owner.account === account)),
    recorded: (account, ids) =>
      Promise.resolve(ids.filter((id) => lines.get(id)?.owner.account === account && (lines.get(id)?.revision ?? 0) > 0)),
    list(account, { service = null, folder = '/', kinds, names, statuses, limit, cursor }) {
      const fitting = of(account)
        .filter((line) => service === null || line.owner.service === service)
        .filter(({ owner }) => folder === '/' || (owner.folder !== undefined && isWithin(folder, owner.folder)))
        .filter(
          ({ kind, name, status }) =>
            (kinds?.includes(kind) ?? true) && (names?.includes(name) ?? true) && (statuses?.includes(status) ?? true),
        )
        .sort(newestFirst)
      const from = cursor === undefined ? 0 : 1 + fitting.findIndex(({ createdAt, id }) => `${createdAt}-${id}` === cursor)
      const items = fitting.slice(from, from + limit)
      const last = items.at(-1)
      return Promise.resolve({ items, cursor: fitting.length > from + limit && last ? `${last.createdAt}-${last.id}` : null })
    },
    stale(account, { unfinishedBefore, finishedBefore, limit }) {
      const isStale = ({ status, updatedAt }: ProcessSummary): boolean =>
        updatedAt < (isTerminal(status) ? finishedBefore : unfinishedBefore)
      return Promise.resolve(
        of(account)
          .filter(isStale)
          .sort((a, b) => a.updatedAt - b.updatedAt)
          .slice(0, limit),
      )
    },
    count(account) {
      const counts = new Map<string, { kind: ProcessSummary['kind']; status: ProcessSummary['status']; count: number; oldestAt: number }>()
      for (const { kind, status, createdAt } of of(account)) {
        const line = counts.get(`${kind} ${status}`) ?? { kind, status, count: 0, oldestAt: createdAt }
        counts.set(`${kind} ${status}`, { ...line, count: line.count + 1, oldestAt: Math.min(line.oldestAt, createdAt) })
      }
      return Promise.resolve([...counts.values()])
    },
  }
}
