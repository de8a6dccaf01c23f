import { DurableObject } from 'cloudflare:workers'
import type { FileFate, HandleRecord } from '../service/handles/ports.ts'
import { answer, type Answer } from './answer.ts'

/** What the object does outside itself. */
export interface HandleIndexEffects {
  /** Gives a file back that its handle names no more. Twice is fine. */
  release(record: HandleRecord, fate: FileFate): Promise<void>
  /** Deletes a file that was written for a handle which is no more. Twice is fine. */
  takeBack(record: HandleRecord): Promise<void>
}

/** What a part of the index answers to calls. */
export interface HandleIndexCalls {
  begin(record: HandleRecord, until: number): Promise<Answer<null>>
  reserve(record: HandleRecord, until: number): Promise<Answer<boolean>>
  settle(handle: string): Promise<Answer<boolean>>
  overwrite(handle: string, until: number): Promise<Answer<boolean>>
  find(handle: string): Promise<Answer<HandleRecord | null>>
  remove(handle: string, keepFile: boolean): Promise<Answer<null>>
}

interface Row {
  readonly record: HandleRecord
  /** `released`: it is gone, and its file is taken back once more in case somebody has overwritten it meanwhile. */
  readonly state: 'pending' | 'stored' | 'removed' | 'released'
  /** When a row that is not `stored` is swept, in milliseconds since the epoch. */
  readonly due: number
  readonly fate: FileFate
  /** Until when its file may be overwritten by somebody who does not know of a removal. */
  readonly overwrittenUntil?: number
}

/** Until the release of a file that failed is tried again. */
const RETRY_MS = 30_000
/** Rows that one alarm sweeps. */
const MAX_SWEPT = 100

const rowKey = (handle: string): string => `row/${handle}`
/** Sorts by time. */
const dueKey = ({ due, record }: Row): string => `due/${String(due).padStart(15, '0')}/${record.handle}`

/**
 * One part of the index of handles: those that begin with the same characters. Its alarm sweeps what is pending too long and what was removed
 * by half. Looking up a handle that never was leaves no storage behind.
 */
export const handleIndexClass = <Env>(effectsOf: (env: Env) => HandleIndexEffects) =>
  class extends DurableObject<Env> implements HandleIndexCalls {
    begin(record: HandleRecord, until: number): Promise<Answer<null>> {
      return answer(async () => {
        this.#write({ record, state: 'pending', due: until, fate: 'own' })
        await this.#setAlarm()
        return null
      })
    }

    reserve(record: HandleRecord, until: number): Promise<Answer<boolean>> {
      return answer(async () => {
        if (this.#read(record.handle)) return false
        this.#write({ record, state: 'pending', due: until, fate: 'own' })
        await this.#setAlarm()
        return true
      })
    }

    settle(handle: string): Promise<Answer<boolean>> {
      return answer(() => {
        const row = this.#read(handle)
        if (row?.state === 'pending') this.#write({ ...row, state: 'stored' })
        return row?.state === 'pending' || row?.state === 'stored'
      })
    }

    overwrite(handle: string, until: number): Promise<Answer<boolean>> {
      return answer(() => {
        const row = this.#read(handle)
        if (row?.state !== 'stored') return false
        this.#write({ ...row, overwrittenUntil: Math.max(until, row.overwrittenUntil ?? 0) })
        return true
      })
    }

    find(handle: string): Promise<Answer<HandleRecord | null>> {
      return answer(() => {
        const row = this.#read(handle)
        return row?.state === 'stored' ? row.record : null
      })
    }

    remove(handle: string, keepFile: boolean): Promise<Answer<null>> {
      return answer(async () => {
        const row = this.#read(handle)
        if (row && row.state !== 'released') await this.#release(row, row.state === 'stored' ? (keepFile ? 'keep' : 'any') : row.fate)
        return null
      })
    }

    override async alarm(): Promise<void> {
      const end = `due/${String(Date.now() + 1).padStart(15, '0')}`
      const due = Array.from(this.ctx.storage.kv.list<string>({ prefix: 'due/', end, limit: MAX_SWEPT }))
      for (const [, handle] of due) {
        const row = this.#read(handle)
        // What fails is due again after a while.
        if (row) await (row.state === 'released' ? this.#takeBack(row) : this.#release(row, row.fate)).catch(() => undefined)
      }
      await this.#setAlarm()
    }

    /** Records the removal, then does it. */
    async #release(row: Row, fate: FileFate): Promise<void> {
      const removed: Row = { ...row, state: 'removed', fate, due: Date.now() + RETRY_MS }
      this.#write(removed)
      await this.#setAlarm()
      await effectsOf(this.env).release(row.record, fate)
      const { overwrittenUntil: until = 0 } = row
      if (fate === 'keep' || until < Date.now()) return this.#forget(row.record.handle)
      this.#write({ record: row.record, state: 'released', fate: 'own', due: until })
      await this.#setAlarm()
    }

    async #takeBack(row: Row): Promise<void> {
      this.#write({ ...row, due: Date.now() + RETRY_MS })
      await effectsOf(this.env).takeBack(row.record)
      this.#forget(row.record.handle)
    }

    #read(handle: string): Row | undefined {
      return this.ctx.storage.kv.get<Row>(rowKey(handle))
    }

    #write(row: Row): void {
      const { handle } = row.record
      this.#forget(handle)
      this.ctx.storage.kv.put(rowKey(handle), row)
      if (row.state !== 'stored') this.ctx.storage.kv.put(dueKey(row), handle)
    }

    #forget(handle: string): void {
      const row = this.#read(handle)
      if (!row) return
      this.ctx.storage.kv.delete(rowKey(handle))
      this.ctx.storage.kv.delete(dueKey(row))
    }

    /** To the first row that is due. */
    async #setAlarm(): Promise<void> {
      const [first] = this.ctx.storage.kv.list<string>({ prefix: 'due/', limit: 1 })
      if (first) await this.ctx.storage.setAlarm(Number(first[0].split('/')[1]))
      else await this.ctx.storage.deleteAlarm()
    }
  }
