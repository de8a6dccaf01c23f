import { env } from 'cloudflare:workers'
import { createEdgeResultCache } from '../../src/adapters/edge-result-cache.ts'
import { createQueueJobs } from '../../src/adapters/queue-jobs.ts'
import { createR2AccountSnapshots } from '../../src/adapters/r2-account-snapshots.ts'
import { createR2FileStore } from '../../src/adapters/r2-file-store.ts'
import { createR2MultipartStore } from '../../src/adapters/r2-multipart-store.ts'
import { createR2ResultStore } from '../../src/adapters/r2-result-store.ts'
import { createDurableAccounts } from '../../src/durable/account-client.ts'
import { createDurableProcesses, createDurableProcessIndex, createDurableSweepCursors } from '../../src/durable/process-client.ts'
import { createDurableUploadSessions } from '../../src/durable/upload-session-client.ts'
import type { Env } from '../../src/env.ts'
import type { JobMessage } from '../../src/service/processes/ports.ts'
import { fileStoreContract } from '../contracts/file-store.ts'
import { processIndexContract, processStoreContract } from '../contracts/processes.ts'
import { edgeCacheContract, resultStoreContract } from '../contracts/result-store.ts'
import { accountSnapshotsContract, jobQueueContract, sweepCursorsContract } from '../contracts/small-ports.ts'
import { multipartStoreContract, uploadLedgerContract, uploadSessionsContract } from '../contracts/uploads.ts'

const bindings = env as never as Env
const uploadStores = () => ({ files: createR2FileStore(bindings.FILES), uploads: createR2MultipartStore(bindings.FILES) })

fileStoreContract('R2', () => createR2FileStore(bindings.FILES))
resultStoreContract('R2', () => createR2ResultStore(bindings.RESULTS))
edgeCacheContract('the Cache API', () => createEdgeResultCache(caches.default))
processStoreContract('Durable Objects', () => createDurableProcesses(bindings.PROCESSES))
processIndexContract('a Durable Object', () => createDurableProcessIndex(bindings.PROCESS_INDEX))
multipartStoreContract('R2', uploadStores)
uploadSessionsContract('Durable Objects', () => ({ ...uploadStores(), sessions: createDurableUploadSessions(bindings.UPLOADS) }))
uploadLedgerContract('a Durable Object', () => createDurableAccounts(bindings.ACCOUNTS))
accountSnapshotsContract('R2', () => createR2AccountSnapshots(bindings.FILES, { now: Date.now }))
sweepCursorsContract('a Durable Object', () => createDurableSweepCursors(bindings.PROCESS_INDEX))
// What the platform's queue hands over, only a consumer sees, and there is one: here the limit of one call is what counts.
jobQueueContract('the platform’s queue', () => {
  const sent: JobMessage[] = []
  const sendBatch = (batch: Iterable<{ readonly body: JobMessage }>): Promise<void> => {
    const bodies = [...batch].map(({ body }) => body)
    if (bodies.length < 1 || bodies.length > 100) return Promise.reject(new Error(`${bodies.length} messages at once`))
    sent.push(...bodies)
    return Promise.resolve()
  }
  return { queue: createQueueJobs({ sendBatch } as never), received: () => Promise.resolve(sent) }
})
