import { memoryFileStore } from '../support/memory/file-store.ts'
import { memoryProcessIndex, memoryProcessStore } from '../support/memory/processes.ts'
import { memoryEdgeCache, memoryResultStore } from '../support/memory/results.ts'
import { fileStoreContract } from './file-store.ts'
import { processIndexContract, processStoreContract } from './processes.ts'
import { edgeCacheContract, resultStoreContract } from './result-store.ts'

fileStoreContract('the files in memory', memoryFileStore)
resultStoreContract('the results in memory', memoryResultStore)
edgeCacheContract('the cache in memory', memoryEdgeCache)
processStoreContract('the processes in memory', memoryProcessStore)
processIndexContract('the list in memory', memoryProcessIndex)
