import { memoryFileStore } from '../support/memory/file-store.ts'
import { fileStoreContract } from './file-store.ts'

fileStoreContract('the files in memory', memoryFileStore)
