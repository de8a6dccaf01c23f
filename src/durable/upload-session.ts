import { DurableObject } from 'cloudflare:workers'
import { AppError } from '../errors.ts'
import type { UploadStatus } from '../service/files/multipart-ports.ts'
import type { FileInfo } from '../service/ports.ts'
import {
  advance,
  beginSession,
  type PartState,
  type PendingUpload,
  type UploadEvent,
  type UploadSession as SessionState,
} from '../service/files/upload-session.ts'
import { pathTaken } from '../service/files/path.ts'
import { answer, type Answer } from './answer.ts'

/** What the object does outside itself. */
export interface UploadSessionEffects {
  /** `null`: the path was taken in the meantime. */
  finish(upload: PendingUpload, parts: readonly PartState[]): Promise<FileInfo | null>
  abort(upload: PendingUpload): Promise<void>
}

/** What an upload answers to calls. */
export interface UploadSessionCalls {
  begin(upload: PendingUpload): Promise<Answer<null>>
  read(): Promise<Answer<SessionState>>
  stored(index: number, etag: string): Promise<Answer<UploadStatus>>
  completed(index: number, etag: string): Promise<Answer<UploadStatus>>
  abort(): Promise<Answer<UploadStatus>>
  resumed(index: number): Promise<Answer<string>>
  remaining(): Promise<Answer<readonly number[]>>
}

const SESSION = 'session'
/** Until a joining that failed or got lost is tried again; each try in one life of the object doubles it. */
const RESUME_MS = 10_000
const MAX_RESUME_MS = 600_000

type PartRow = { readonly number: number; readonly etag: string; readonly completed: number }
const partOf = ({ number, etag, completed }: PartRow): PartState => ({ index: number, etag, completed: completed === 1 })

/**
 * One upload in parts: keeps the state of `upload-session.ts of the service` and does what it orders. Its alarm is the upload's deadline,
 * and before that the next try of a joining.
 * Part rows are apart from the session, because an upload may have 10,000 of them.
 */
export const uploadSessionClass = <Env>(effectsOf: (env: Env) => UploadSessionEffects) =>
  class extends DurableObject<Env> implements UploadSessionCalls {
    #finishing: Promise<void> | undefined
    #tries = 0

    begin(upload: PendingUpload): Promise<Answer<null>> {
      return answer(async () => {
        // Not in a constructor: asking for an upload that never was must leave no storage behind.
        this.ctx.storage.sql.exec(
          'CREATE TABLE IF NOT EXISTS part (number INTEGER PRIMARY KEY, etag TEXT NOT NULL, completed INTEGER NOT NULL)',
        )
        this.ctx.storage.kv.put(SESSION, beginSession(upload))
        await this.ctx.storage.setAlarm(upload.firstPartBy)
        return null
      })
    }

    read(): Promise<Answer<SessionState>> {
      return answer(() => this.#session())
    }

    stored(index: number, etag: string): Promise<Answer<UploadStatus>> {
      return answer(() => this.#apply({ type: 'stored', index, etag }))
    }

    completed(index: number, etag: string): Promise<Answer<UploadStatus>> {
      return answer(() => this.#apply({ type: 'completed', index, etag }))
    }

    abort(): Promise<Answer<UploadStatus>> {
      return answer(() => this.#apply({ type: 'aborted' }))
    }

    resumed(index: number): Promise<Answer<string>> {
      return answer(async () => {
        await this.#apply({ type: 'resumed' })
        const part = this.#part(index)
        if (!part) throw new AppError('upload_not_found')
        return part.etag
      })
    }

    remaining(): Promise<Answer<readonly number[]>> {
      return answer(() => {
        const { upload } = this.#session()
        const completed = new Set(this.#parts().flatMap((part) => (part.completed ? part.index : [])))
        return Array.from({ length: upload.partCount }, (_, i) => i).filter((i) => !completed.has(i))
      })
    }

    /** Joins what is still to be joined, also at the deadline. The freeing that fails after it is tried again by the platform. */
    override async alarm(): Promise<void> {
      await this.#finishing?.catch(() => undefined)
      const session = this.ctx.storage.kv.get<SessionState>(SESSION)
      if (session?.phase === 'finishing') {
        await this.#apply({ type: 'resumed' }).catch(() => undefined)
        if (Date.now() < session.deadline) return this.#setAlarm()
      }
      if (session) await this.#apply({ type: 'deadline' })
      await this.ctx.storage.deleteAll()
    }

    #setAlarm(): Promise<void> {
      const { phase, deadline } = this.#session()
      const pause = Math.min(RESUME_MS * 2 ** this.#tries, MAX_RESUME_MS)
      return this.ctx.storage.setAlarm(phase === 'finishing' ? Math.min(Date.now() + pause, deadline) : deadline)
    }

    #session(): SessionState {
      const session = this.ctx.storage.kv.get<SessionState>(SESSION)
      if (!session) throw new AppError('upload_not_found')
      return session
    }

    #parts(): PartState[] {
      return [...this.ctx.storage.sql.exec<PartRow>('SELECT * FROM part ORDER BY number')].map(partOf)
    }

    #part(index: number): PartState | null {
      return [...this.ctx.storage.sql.exec<PartRow>('SELECT * FROM part WHERE number = ?', index)].map(partOf)[0] ?? null
    }

    async #apply(event: UploadEvent): Promise<UploadStatus> {
      const { sql, kv } = this.ctx.storage
      const before = this.#session()
      const part = 'index' in event ? this.#part(event.index) : null
      const step = advance(before, part, event)
      if (step.error) throw new AppError(step.error.code, step.error)
      if (step.part) {
        const { index, etag, completed } = step.part
        sql.exec('INSERT OR REPLACE INTO part (number, etag, completed) VALUES (?, ?, ?)', index, etag, Number(completed))
      }
      if (step.session !== before) kv.put(SESSION, step.session)
      if (step.session.deadline !== before.deadline) await this.ctx.storage.setAlarm(step.session.deadline)
      if (step.effect === 'finish')
        await (this.#finishing ??= this.#finish(step.session.upload).finally(() => (this.#finishing = undefined)))
      if (step.effect === 'abort') await effectsOf(this.env).abort(step.session.upload)
      const { phase, etag } = this.#session()
      if (phase === 'refused') throw pathTaken(step.session.upload.path)
      return { phase, etag }
    }

    /** Calls that come while the parts are being joined wait for the same outcome. */
    async #finish(upload: PendingUpload): Promise<void> {
      await this.#setAlarm()
      this.#tries++
      const file = await effectsOf(this.env).finish(upload, this.#parts())
      const event: UploadEvent = file ? { type: 'finished', etag: file.etag } : { type: 'refused' }
      const { session, effect } = advance(this.#session(), null, event)
      this.ctx.storage.kv.put(SESSION, session)
      await this.#setAlarm()
      if (effect === 'abort') await effectsOf(this.env).abort(upload)
    }
  }
