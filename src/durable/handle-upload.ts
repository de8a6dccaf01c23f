import { DurableObject } from 'cloudflare:workers'
import { AppError } from '../errors.ts'
import type { HeldPart, Piece } from '../service/handles/parts/choose-parts.ts'
import type { JoinParts } from '../service/handles/parts/join.ts'
import type { PartInPieces } from '../service/handles/parts/ports.ts'
import {
  advance,
  afterJoin,
  beginSession,
  demandOpen,
  demandSpace,
  type Session,
  type SessionEvent,
  type UploadInParts,
} from '../service/handles/parts/session.ts'
import { answer, type Answer } from './answer.ts'

/** What an upload answers to calls. */
export interface HandleUploadCalls {
  begin(upload: UploadInParts): Promise<Answer<null>>
  read(): Promise<Answer<Session>>
  admit(piece: Piece): Promise<Answer<Session>>
  part(number: number): Promise<Answer<PartInPieces>>
  apply(event: SessionEvent): Promise<Answer<Session>>
}

const SESSION = 'session'
/** Until a joining that failed or got lost is tried again; each try in one life of the object doubles it. */
const RESUME_MS = 10_000
const MAX_RESUME_MS = 600_000

type PartRow = { readonly number: number; readonly size: number; readonly etag: string }
type ChunkRow = { readonly offset: number; readonly size: number }

/**
 * One upload in parts of a file that gets a handle. It keeps the state of `service/handles/parts/session.ts`; what it orders is done by `JoinParts`.
 * Its alarm is the upload's deadline, and before that the next try of a joining.
 */
export const handleUploadClass = <Env>(effectsOf: (env: Env) => JoinParts) =>
  class extends DurableObject<Env> implements HandleUploadCalls {
    #joining: Promise<void> | undefined
    #tries = 0

    begin(upload: UploadInParts): Promise<Answer<null>> {
      return answer(async () => {
        const { sql, kv } = this.ctx.storage
        // Not in a constructor: asking for an upload that never was must leave no storage behind.
        sql.exec('CREATE TABLE IF NOT EXISTS part (number INTEGER PRIMARY KEY, size INTEGER NOT NULL, etag TEXT NOT NULL)')
        sql.exec('CREATE TABLE IF NOT EXISTS chunk (part INTEGER, "offset" INTEGER, size INTEGER NOT NULL, PRIMARY KEY (part, "offset"))')
        kv.put(SESSION, beginSession(upload))
        await this.ctx.storage.setAlarm(upload.firstPartBy)
        return null
      })
    }

    read(): Promise<Answer<Session>> {
      return answer(() => this.#session())
    }

    admit(piece: Piece): Promise<Answer<Session>> {
      return answer(() => {
        const session = this.#session()
        demandOpen(session)
        this.#demandSpace(session, piece)
        return session
      })
    }

    part(number: number): Promise<Answer<PartInPieces>> {
      return answer(() => {
        const session = this.#session()
        demandOpen(session)
        const { sql } = this.ctx.storage
        const isStored = sql.exec('SELECT 1 FROM part WHERE number = ?', number).toArray().length > 0
        const chunks = sql.exec<ChunkRow>('SELECT "offset", size FROM chunk WHERE part = ? ORDER BY "offset"', number).toArray()
        return { upload: session.upload, isStored, chunks }
      })
    }

    apply(event: SessionEvent): Promise<Answer<Session>> {
      return answer(async () => {
        const before = this.#session()
        const session = advance(before, event, event.type === 'complete' ? this.#parts() : [])
        if (event.type !== 'complete') this.#hold(before, event)
        if (session !== before) this.ctx.storage.kv.put(SESSION, session)
        if (session.deadline !== before.deadline) await this.#setAlarm()
        if (session.phase === 'joining') await this.#join()
        return this.#session()
      })
    }

    /** Joins what is still to be joined, also at the deadline. What fails after it is tried again by the platform. */
    override async alarm(): Promise<void> {
      if (!this.ctx.storage.kv.get(SESSION)) return
      if (this.#session().phase === 'joining') await this.#join().catch(() => undefined)
      const { upload, phase, deadline } = this.#session()
      if (Date.now() < deadline) return this.#setAlarm()
      if (phase !== 'stored') await effectsOf(this.env).abandon(upload)
      await this.ctx.storage.deleteAll()
    }

    /** Calls that come while the parts are being joined wait for the same outcome. */
    async #join(): Promise<void> {
      await (this.#joining ??= this.#joinOnce().finally(() => (this.#joining = undefined)))
    }

    async #joinOnce(): Promise<void> {
      await this.#setAlarm()
      this.#tries++
      const { upload, parts } = this.#session()
      const joined = await effectsOf(this.env).join(upload, parts)
      this.ctx.storage.kv.put(SESSION, afterJoin(this.#session(), joined))
      await this.#setAlarm()
      if (joined === 'wrongParts')
        throw new AppError('invalid_parameter', { field: 'parts', reason: 'A part was replaced while it was listed: send it again.' })
    }

    #setAlarm(): Promise<void> {
      const { phase, deadline } = this.#session()
      const pause = Math.min(RESUME_MS * 2 ** this.#tries, MAX_RESUME_MS)
      return this.ctx.storage.setAlarm(phase === 'joining' ? Math.min(Date.now() + pause, deadline) : deadline)
    }

    #session(): Session {
      const session = this.ctx.storage.kv.get<Session>(SESSION)
      if (!session) throw new AppError('upload_not_found')
      return session
    }

    #parts(): HeldPart[] {
      return this.ctx.storage.sql.exec<PartRow>('SELECT number, size, etag FROM part').toArray()
    }

    /** Records a part, which takes the place of its chunks, or a chunk. */
    #hold(session: Session, event: Exclude<SessionEvent, { type: 'complete' }>): void {
      const { sql } = this.ctx.storage
      if (event.type === 'part') {
        sql.exec('DELETE FROM chunk WHERE part = ?', event.number)
        sql.exec('INSERT OR REPLACE INTO part VALUES (?, ?, ?)', event.number, event.size, event.etag)
        return
      }
      this.#demandSpace(session, { ...event, isChunk: true })
      sql.exec('INSERT OR REPLACE INTO chunk VALUES (?, ?, ?)', event.number, event.offset, event.size)
    }

    /** What is replaced counts for nothing: a part takes the place of its chunks. */
    #demandSpace({ upload }: Session, { number, offset, size, isChunk }: Piece): void {
      const { sql } = this.ctx.storage
      const sum = (query: string, ...values: number[]): { bytes: number; count: number } =>
        sql
          .exec<{ bytes: number; count: number }>(`SELECT coalesce(sum(size), 0) AS bytes, count(*) AS count FROM ${query}`, ...values)
          .one()
      const parts = isChunk ? sum('part') : sum('part WHERE number <> ?', number)
      const chunks = isChunk ? sum('chunk WHERE NOT (part = ? AND "offset" = ?)', number, offset) : sum('chunk WHERE part <> ?', number)
      demandSpace(upload, { bytes: parts.bytes + chunks.bytes, chunks: chunks.count }, size)
    }
  }
