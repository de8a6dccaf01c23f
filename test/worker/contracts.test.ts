import { env } from 'cloudflare:workers'
import { createEdgeResultCache } from '../../src/adapters/edge-result-cache.ts'
import { createR2FileStore } from '../../src/adapters/r2-file-store.ts'
import { createR2ResultStore } from '../../src/adapters/r2-result-store.ts'
import { createDurableProcesses, createDurableProcessIndex } from '../../src/durable/process-client.ts'
import type { Env } from '../../src/env.ts'
import { fileStoreContract } from '../contracts/file-store.ts'
import { processIndexContract, processStoreContract } from '../contracts/processes.ts'
import { edgeCacheContract, resultStoreContract } from '../contracts/result-store.ts'

const bindings = env as never as Env

fileStoreContract('R2', () => createR2FileStore(bindings.FILES))
resultStoreContract('R2', () => createR2ResultStore(bindings.RESULTS))
edgeCacheContract('the Cache API', () => createEdgeResultCache(caches.default))
processStoreContract('Durable Objects', () => createDurableProcesses(bindings.PROCESSES))
processIndexContract('a Durable Object', () => createDurableProcessIndex(bindings.PROCESS_INDEX))
