import type { UploadPlace, UploadSession } from '../../../client/src/files/upload.ts'
import { EmulsionError } from '../../../client/src/http/errors.ts'
import { UploadError } from '../prepare/errors.ts'
import { type Ingest, loadIngest, type Service } from '../prepare/ingest.ts'
import { prepare, type Prepared } from '../prepare/prepare.ts'
import { abandon, sendPrepared } from '../transfer/upload.ts'

export type State = 'waiting' | 'preparing' | 'ready' | 'sending' | 'paused' | 'offline' | 'failed' | 'done'

export interface Failure {
  readonly code: string
  readonly message: string
  /** Of the service's answer; 0 without one. */
  readonly status: number
}

/** A file on its way. */
export interface Entry {
  readonly file: File
  readonly state: State
  readonly prepared: Prepared | null
  /** Bytes of what was prepared. */
  readonly sent: number
  readonly failure: Failure | null
  /** In the account, when it is stored. */
  readonly path: string | null
}

export interface QueueSettings {
  readonly service: Service
  readonly place: UploadPlace | undefined
  /** Beyond what the account demands. */
  readonly stripLocation: boolean
  /** Whether what is made waits for `send`. */
  readonly isReviewed: boolean
}

export interface Queue {
  add(file: File): Entry
  send(entry: Entry): void
  pause(entry: Entry): void
  /** Goes on where it was: after a pause, a lost connection or a failure. */
  resume(entry: Entry): void
  /** Ends it and forgets it; what is stored stays. */
  cancel(entry: Entry): void
  /** Goes on with all that waits for a connection. */
  connected(): void
  readonly entries: readonly Entry[]
}

/** Files that are sent at a time. */
const MOST_SENT = 2

interface Own extends Entry {
  state: State
  prepared: Prepared | null
  sent: number
  failure: Failure | null
  path: string | null
  session: UploadSession | undefined
  controller: AbortController
}

/**
 * Makes files one after the other, and sends two at a time.
 * @param settings read when an upload begins. @param changed told of each step of each file.
 */
export function createQueue(settings: () => QueueSettings, changed: (entry: Entry) => void): Queue {
  let entries: readonly Own[] = []
  let isSendingTo = 0
  const waiting: (() => void)[] = []
  let known: { readonly of: string; readonly ingest: Promise<Ingest> } | null = null

  const own = (entry: Entry): Own => entry as Own // the queue's own made it
  const become = (entry: Own, state: State): void => {
    entry.state = state
    changed(entry)
  }

  /** Asked once for each service; again after a failure. */
  function ingestOf(service: Service): Promise<Ingest> {
    const of = JSON.stringify([service.url, service.account, service.key, service.preset])
    if (known?.of !== of) {
      const ingest = loadIngest(service)
      known = { of, ingest }
      ingest.catch(() => (known = null))
    }
    return known.ingest
  }

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (isSendingTo >= MOST_SENT) await new Promise<void>((go) => waiting.push(go))
    else isSendingTo++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else isSendingTo--
    }
  }

  async function run(entry: Own, isSent: boolean): Promise<void> {
    const { signal } = (entry.controller = new AbortController())
    const { service, place, stripLocation, isReviewed } = settings()
    entry.failure = null
    try {
      if (!entry.prepared) {
        become(entry, 'preparing')
        const ingest = await ingestOf(service)
        const wish = { ingest, service, stripLocation: stripLocation || ingest.stripLocation, signal }
        const prepared = await prepare(entry.file, wish)
        signal.throwIfAborted()
        entry.prepared = prepared
        if (isReviewed && !isSent) return become(entry, 'ready')
      }
      const { prepared } = entry
      become(entry, 'waiting')
      await inTurn(async () => {
        signal.throwIfAborted()
        become(entry, 'sending')
        const wish = {
          service,
          path: place,
          signal,
          onSession: (session: UploadSession) => (entry.session = session),
          onProgress({ sent }: { readonly sent: number }) {
            if (signal.aborted) return
            entry.sent = Math.max(entry.sent, sent)
            changed(entry)
          },
        }
        const { path, bytes } = await sendPrepared(prepared, wish, entry.session)
        signal.throwIfAborted()
        Object.assign(entry, { path, sent: bytes })
      })
      become(entry, 'done')
    } catch (thrown) {
      if (signal.aborted) return // who has ended it has said what it is now
      entry.failure = failureOf(thrown)
      become(entry, thrown instanceof EmulsionError && thrown.code === 'network' ? 'offline' : 'failed')
    }
  }

  return {
    get entries() {
      return entries
    },
    add(file) {
      const entry: Own = {
        file,
        state: 'waiting',
        prepared: null,
        sent: 0,
        failure: null,
        path: null,
        session: undefined,
        controller: new AbortController(),
      }
      entries = [...entries, entry]
      void run(entry, false)
      return entry
    },
    send(entry) {
      if (entry.state === 'ready') void run(own(entry), true)
    },
    pause(entry) {
      if (!['waiting', 'preparing', 'sending', 'offline'].includes(entry.state)) return
      own(entry).controller.abort()
      become(own(entry), 'paused')
    },
    resume(entry) {
      if (['paused', 'offline', 'failed'].includes(entry.state)) void run(own(entry), entry.prepared !== null)
    },
    cancel(entry) {
      const { controller, session, state } = own(entry)
      entries = entries.filter((each) => each !== entry)
      controller.abort()
      if (session && state !== 'done') abandon(settings().service, session).catch(() => undefined) // the service drops it by itself, later
    },
    connected() {
      for (const entry of entries) if (entry.state === 'offline') void run(entry, true)
    },
  }
}

function failureOf(thrown: unknown): Failure {
  if (thrown instanceof EmulsionError) return { code: thrown.code, message: thrown.message, status: thrown.status }
  if (thrown instanceof UploadError) return { code: thrown.code, message: thrown.message, status: 0 }
  return { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown), status: 0 }
}
