import type { ProcessIndex, ProcessStore } from '../service/processes/ports.ts'
import type { SweepCursors } from '../service/triggers/sweep.ts'
import { call, objectIn } from './call.ts'
import type { ProcessIndex as ProcessIndexObject } from './process-index.ts'
import type { ProcessCalls } from './process.ts'

/** One Durable Object a process. */
export function createDurableProcesses(namespace: DurableObjectNamespace): ProcessStore {
  const object = objectIn<ProcessCalls>(namespace)
  return {
    create: (definition) => call(() => object(definition.id).create(definition)),
    read: (id) => call(() => object(id).read()),
    dispatch: (id, event) => call(() => object(id).dispatch(event)),
    notices: (id, seq, waitMs) => call(() => object(id).notices(seq, waitMs)),
  }
}

/** One Durable Object an account. */
export function createDurableProcessIndex(namespace: DurableObjectNamespace): ProcessIndex {
  const object = objectIn<Pick<ProcessIndexObject, 'put' | 'remove' | 'known' | 'recorded' | 'list' | 'stale' | 'count'>>(namespace)
  return {
    async put(summary) {
      await call(() => object(summary.owner.account).put(summary))
    },
    async remove({ account }, id) {
      await call(() => object(account).remove(id))
    },
    known: (account, ids) => call(() => object(account).known(ids)),
    recorded: (account, ids) => call(() => object(account).recorded(ids)),
    list: (account, query) => call(() => object(account).list(query)),
    stale: (account, query) => call(() => object(account).stale(query)),
    count: (account) => call(() => object(account).count()),
  }
}

/** Kept beside the list of processes, which the sweep compares the files with. */
export function createDurableSweepCursors(namespace: DurableObjectNamespace): SweepCursors {
  const object = objectIn<Pick<ProcessIndexObject, 'sweepCursor' | 'setSweepCursor'>>(namespace)
  return {
    load: (account) => call(() => object(account).sweepCursor()),
    async save(account, cursor) {
      await call(() => object(account).setSweepCursor(cursor))
    },
  }
}
