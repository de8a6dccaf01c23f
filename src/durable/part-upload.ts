import { DurableObject } from 'cloudflare:workers'
import { AppError } from '../errors.ts'
import type { JoinSentParts } from '../service/files/parts/join.ts'
import { chooseListed } from '../service/files/parts/listed.ts'
import type { PartsPage } from '../service/files/parts/ports.ts'
import {
  afterJoin,
  beginSession,
  demandOpen,
  demandSpace,
  type JoinedParts,
  type ListedPart,
  listed,
  type PartsSession,
  type PartsUpload,
  type SentPart,
} from '../service/files/parts/session.ts'
import { pathTaken } from '../service/files/path.ts'
import { answer, type Answer } from './answer.ts'

/** What an upload answers to calls. */
export interface PartUploadCalls {
  begin(upload: PartsUpload): Promise<Answer<null>>
  read(): Promise<Answer<PartsSession>>
  admit(number: number, size: number): Promise<Answer<PartsSession>>
  hold(part: SentPart): Promise<Answer<string | null>>
  parts(after: number, limit: number): Promise<Answer<PartsPage>>
  complete(list: readonly ListedPart[], ifAbsent: boolean): Promise<Answer<PartsSession>>
  abort(): Promise<Answer<null>>
}

const SESSION = 'session'
/** Until a joining that failed or got lost is tried again; each try in one life of the object doubles it. */
const RESUME_MS = 10_000
const MAX_RESUME_MS = 600_000

type PartRow = {
  readonly number: number
  readonly version: string
  readonly size: number
  readonly etag: string
  readonly checksum: string | null
  readonly storedAt: number
}
const COLUMNS = 'number, version, size, etag, checksum, stored_at AS storedAt'

/**
 * One upload whose parts the client makes as it likes and lists at the end. It keeps the state of `service/files/parts/session.ts`; what it orders is
 * done by `JoinSentParts`. Its alarm is the upload's deadline, and before that the next try of a joining. What has ended is remembered until then: its answer may be asked for again.
 */
export const partUploadClass = <Env>(effectsOf: (env: Env) => JoinSentParts) =>
  class extends DurableObject<Env> implements PartUploadCalls {
    #joining: Promise<void> | undefined
    #tries = 0

    begin(upload: PartsUpload): Promise<Answer<null>> {
      return answer(async () => {
        const { sql, kv } = this.ctx.storage
        // Not in a constructor: asking for an upload that never was must leave no storage behind.
        sql.exec(
          `CREATE TABLE IF NOT EXISTS part (number INTEGER PRIMARY KEY, version TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, checksum TEXT,
             stored_at INTEGER NOT NULL, is_listed INTEGER NOT NULL DEFAULT 0)`,
        )
        kv.put(SESSION, beginSession(upload))
        await this.ctx.storage.setAlarm(upload.firstPartBy)
        return null
      })
    }

    read(): Promise<Answer<PartsSession>> {
      return answer(() => this.#session())
    }

    admit(number: number, size: number): Promise<Answer<PartsSession>> {
      return answer(() => {
        const session = this.#session()
        demandSpace(session, this.#bytesBut(number), size)
        return session
      })
    }

    hold({ number, version, size, etag, checksum, storedAt }: SentPart): Promise<Answer<string | null>> {
      return answer(async () => {
        const session = this.#session()
        demandSpace(session, this.#bytesBut(number), size)
        const { sql } = this.ctx.storage
        const before = sql.exec<{ version: string }>('SELECT version FROM part WHERE number = ?', number).toArray()[0]
        sql.exec(
          'INSERT OR REPLACE INTO part (number, version, size, etag, checksum, stored_at) VALUES (?, ?, ?, ?, ?, ?)',
          number,
          version,
          size,
          etag,
          checksum,
          storedAt,
        )
        const { expiresAt } = session.upload
        if (session.deadline !== expiresAt) await this.#put({ ...session, deadline: expiresAt })
        return before?.version ?? null
      })
    }

    parts(after: number, limit: number): Promise<Answer<PartsPage>> {
      return answer(() => {
        const session = this.#session()
        const found = this.#select('number > ? ORDER BY number LIMIT ?', after, limit + 1)
        return { session, parts: found.slice(0, limit), hasMore: found.length > limit }
      })
    }

    complete(list: readonly ListedPart[], ifAbsent: boolean): Promise<Answer<PartsSession>> {
      return answer(async () => {
        const before = this.#session()
        const session = listed(before, ifAbsent)
        const chosen = chooseListed(session.upload, this.#held(before), list)
        if (before.phase === 'open') {
          const { sql } = this.ctx.storage
          for (const { number } of chosen) sql.exec('UPDATE part SET is_listed = 1 WHERE number = ?', number)
          await this.#put(session)
        }
        if (session.phase === 'joining') await this.#join()
        return this.#session()
      })
    }

    abort(): Promise<Answer<null>> {
      return answer(async () => {
        const session = this.#session()
        demandOpen(session)
        await this.#put({ ...session, phase: 'gone' })
        await effectsOf(this.env).clear(session)
        return null
      })
    }

    /** Joins what is still to be joined, also at the deadline, and frees what parts have come behind the end. What fails after it is tried again by the platform. */
    override async alarm(): Promise<void> {
      if (!this.ctx.storage.kv.get(SESSION)) return
      if (this.#session().phase === 'joining') await this.#join().catch(() => undefined)
      const session = this.#session()
      if (Date.now() < session.deadline) return this.#setAlarm()
      await effectsOf(this.env).clear(session)
      await this.ctx.storage.deleteAll()
    }

    /** Calls that come while the parts are being joined wait for the same outcome. */
    async #join(): Promise<void> {
      await (this.#joining ??= this.#joinOnce().finally(() => (this.#joining = undefined)))
    }

    async #joinOnce(): Promise<void> {
      await this.#setAlarm()
      this.#tries++
      const effects = effectsOf(this.env)
      const chosen = this.#select('is_listed = 1 ORDER BY number')
      const session = this.#session()
      const joining = session.joining ?? (await effects.open(session, chosen))
      await this.#put({ ...session, joining })
      const joined = await effects.join(session, joining, chosen)
      const after = afterJoin(this.#session(), joined)
      if (after.phase === 'open') this.ctx.storage.sql.exec('UPDATE part SET is_listed = 0')
      await this.#put(after)
      // What is not freed now is freed at the deadline.
      if (after.phase !== 'open') await effects.clear(after).catch(() => undefined)
      demandJoined(after, joined)
    }

    async #put(session: PartsSession): Promise<void> {
      this.ctx.storage.kv.put(SESSION, session)
      await this.#setAlarm()
    }

    #setAlarm(): Promise<void> {
      const { phase, deadline } = this.#session()
      const pause = Math.min(RESUME_MS * 2 ** this.#tries, MAX_RESUME_MS)
      return this.ctx.storage.setAlarm(phase === 'joining' ? Math.min(Date.now() + pause, deadline) : deadline)
    }

    #session(): PartsSession {
      const session = this.ctx.storage.kv.get<PartsSession>(SESSION)
      if (!session) throw new AppError('upload_not_found')
      return session
    }

    /** Once they are listed, those are all. */
    #held({ phase }: PartsSession): readonly SentPart[] {
      return this.#select(phase === 'open' ? 'true' : 'is_listed = 1')
    }

    #select(condition: string, ...values: number[]): readonly SentPart[] {
      return this.ctx.storage.sql.exec<PartRow>(`SELECT ${COLUMNS} FROM part WHERE ${condition}`, ...values).toArray()
    }

    /** Of all parts but one. */
    #bytesBut(number: number): number {
      return this.ctx.storage.sql
        .exec<{ bytes: number }>('SELECT coalesce(sum(size), 0) AS bytes FROM part WHERE number <> ?', number)
        .one().bytes
    }
  }

/** @throws AppError for what came to nothing. */
function demandJoined({ upload, phase }: PartsSession, joined: JoinedParts): void {
  if (phase === 'gone') throw new AppError('upload_not_found')
  if (phase === 'refused') throw pathTaken(upload.path)
  if (joined === 'taken') throw new AppError('precondition_failed', { field: 'If-None-Match' })
  if (joined === 'wrongParts') throw new AppError('invalid_body', { field: 'part', reason: 'A part is gone: send it again.' })
}
