import { EmulsionError } from '../http/errors.ts'
import type { Transport } from '../http/transport.ts'
import { readEvents } from './events.ts'

/** What a batch makes of one file (docs/batch.md). */
export interface BatchRequest {
  readonly source: string
  readonly jobs: readonly BatchJob[]
  /** Gets a signed POST at the end. */
  readonly callback?: string
}

export interface BatchJob {
  /** Its extension names the format. */
  readonly destination: string
  readonly quality?: number | 'auto' | 'auto:high' | 'auto:medium' | 'auto:low' | 'lossless'
  readonly transformations?: readonly ({ readonly type: string } & Readonly<Record<string, unknown>>)[]
  readonly [option: string]: unknown
}

export type BatchStatus = 'PENDING' | 'PROCESSING' | 'FINISHED' | 'FAILED'

/** What happens to a process, its jobs and its callback. */
export interface BatchEvent {
  readonly id: number
  readonly type: 'process' | 'job' | 'callback'
  readonly at: string
  readonly status?: BatchStatus
  /** Index of the job. */
  readonly job?: number
  /** Jobs that have ended, of `jobs`. */
  readonly finished?: number
  readonly jobs?: number
  readonly error?: unknown
}

export interface BatchProcess {
  readonly id: string
  /** What has happened since event `after`, or since the beginning, and what happens, until the process has ended. A connection that breaks is made anew, and no event comes twice. */
  events(options?: { readonly after?: number; readonly signal?: AbortSignal }): AsyncGenerator<BatchEvent>
  status(): Promise<BatchStatus>
  /** Jobs with attempts, sizes, times and errors. */
  details(): Promise<unknown>
  cancel(): Promise<void>
}

export interface BatchContext {
  readonly transport: Transport
  readonly secret: string
  readonly serviceId: number
}

/** Connections that end without an event, one after the other. */
const MOST_SILENT = 5
const RECONNECT_MS = 500

/** @param idempotencyKey the same request under the same key is one process; a fresh one when absent, so that it may be sent again. */
export async function startBatch(
  context: BatchContext,
  request: BatchRequest,
  idempotencyKey: string = crypto.randomUUID(),
): Promise<BatchProcess> {
  const { transport, secret, serviceId } = context
  const { process_id } = await transport.json<{ readonly process_id: string }>('/request', {
    method: 'POST',
    key: secret,
    json: { service_id: serviceId, ...request },
    headers: { 'Idempotency-Key': idempotencyKey },
    mayRepeat: true,
  })
  return openBatch(context, process_id)
}

/** A process that is known by its id. */
export function openBatch({ transport, secret: key }: BatchContext, id: string): BatchProcess {
  const address = `/request/${encodeURIComponent(id)}`

  async function* events({
    after = 0,
    signal,
  }: { readonly after?: number; readonly signal?: AbortSignal } = {}): AsyncGenerator<BatchEvent> {
    let last = after
    for (let silent = 0; silent < MOST_SILENT; silent++) {
      const response = await transport.send(`${address}/events`, {
        key,
        signal,
        headers: { 'Last-Event-ID': String(last), Accept: 'text/event-stream' },
      })
      if (response.status === 204 || !response.body) return
      try {
        for await (const { id: number, event, data } of readEvents(response.body)) {
          if (Number(number) <= last) continue
          last = Number(number)
          silent = -1
          yield { id: last, type: event as BatchEvent['type'], ...(JSON.parse(data) as { readonly at: string }) } // the service's word
        }
      } catch (thrown) {
        signal?.throwIfAborted()
        if (thrown instanceof SyntaxError) throw thrown
      }
      // What has ended answers 204 at once.
      if (silent >= 0) await transport.wait(RECONNECT_MS)
    }
    throw new EmulsionError('The stream of events breaks off again and again.', { status: 0, code: 'network' })
  }

  return {
    id,
    events,
    status: async () => (await transport.json<{ readonly status: BatchStatus }>(address, { key })).status,
    details: () => transport.json(`${address}?details=1`, { key }),
    async cancel() {
      await transport.send(address, { method: 'DELETE', key, mayRepeat: true })
    },
  }
}
