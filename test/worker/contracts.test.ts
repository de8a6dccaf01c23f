import { env } from 'cloudflare:workers'
import { createR2FileStore } from '../../src/adapters/r2-file-store.ts'
import type { Env } from '../../src/env.ts'
import { fileStoreContract } from '../contracts/file-store.ts'

const bindings = env as never as Env

fileStoreContract('R2', () => createR2FileStore(bindings.FILES))
