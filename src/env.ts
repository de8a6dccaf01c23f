import type { JobMessage } from './service/processes/ports.ts'
import type { StorageEvent } from './service/triggers/storage-event.ts'

/** The bindings of wrangler.toml. The variables and secrets that emulsion.config.ts names are members of the same object; config/ alone reads them. */
export interface Env {
  readonly FILES: R2Bucket
  readonly RESULTS: R2Bucket
  readonly UPLOADS: DurableObjectNamespace
  readonly ACCOUNTS: DurableObjectNamespace
  readonly PROCESSES: DurableObjectNamespace
  readonly PROCESS_INDEX: DurableObjectNamespace
  readonly HANDLES: DurableObjectNamespace
  readonly FILE_CLAIMS: DurableObjectNamespace
  readonly HANDLE_UPLOADS: DurableObjectNamespace
  readonly PART_UPLOADS: DurableObjectNamespace
  readonly METRICS: DurableObjectNamespace
  readonly JOBS: Queue<JobMessage>
  readonly STORAGE_EVENTS: Queue<StorageEvent>
  /** Tells of the disk under `npm start`; Cloudflare's storage has no such limit. */
  readonly DISK?: Fetcher
  /** The Worker of wrangler.renderer.toml. `npm start` binds its renderers as RENDERER_0, RENDERER_1 … Without any, pixels are made here. */
  readonly RENDERER?: Fetcher
}
