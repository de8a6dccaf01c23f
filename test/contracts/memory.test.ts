import { EMPTY_SNAPSHOT, type AccountSnapshot } from '../../src/service/access/account-snapshot.ts'
import type { JobMessage } from '../../src/service/processes/ports.ts'
import { memoryFileStore } from '../support/memory/file-store.ts'
import { memoryProcessIndex, memoryProcessStore } from '../support/memory/processes.ts'
import { memoryEdgeCache, memoryResultStore } from '../support/memory/results.ts'
import { memoryMultipartStore, memoryUploadLedger, memoryUploadSessions } from '../support/memory/uploads.ts'
import { fileStoreContract } from './file-store.ts'
import { processIndexContract, processStoreContract } from './processes.ts'
import { edgeCacheContract, resultStoreContract } from './result-store.ts'
import { accountSnapshotsContract, jobQueueContract, sweepCursorsContract } from './small-ports.ts'
import { multipartStoreContract, uploadLedgerContract, uploadSessionsContract } from './uploads.ts'

const uploadStores = () => {
  const files = memoryFileStore()
  return { files, uploads: memoryMultipartStore(files) }
}

fileStoreContract('the files in memory', memoryFileStore)
resultStoreContract('the results in memory', memoryResultStore)
edgeCacheContract('the cache in memory', memoryEdgeCache)
processStoreContract('the processes in memory', memoryProcessStore)
processIndexContract('the list in memory', memoryProcessIndex)
multipartStoreContract('the uploads in memory', uploadStores)
uploadSessionsContract('the sessions in memory', () => {
  const stores = uploadStores()
  return { ...stores, sessions: memoryUploadSessions(stores.uploads) }
})
uploadLedgerContract('the ledger in memory', memoryUploadLedger)
accountSnapshotsContract('a map', () => {
  const known = new Map<string, AccountSnapshot>()
  return {
    read: (account) => Promise.resolve(known.get(account) ?? EMPTY_SNAPSHOT),
    atHand: (account) => known.get(account) ?? EMPTY_SNAPSHOT,
    publish: (account, snapshot) => Promise.resolve(void known.set(account, snapshot)),
  }
})
sweepCursorsContract('a map', () => {
  const cursors = new Map<string, string | null>()
  return {
    load: (account) => Promise.resolve(cursors.get(account) ?? null),
    save: (account, cursor) => Promise.resolve(void cursors.set(account, cursor)),
  }
})
jobQueueContract('an array', () => {
  const sent: JobMessage[] = []
  return { queue: { send: (messages) => Promise.resolve(void sent.push(...messages)) }, received: () => Promise.resolve(sent) }
})
