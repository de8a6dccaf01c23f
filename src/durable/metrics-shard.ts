import { DurableObject } from 'cloudflare:workers'
import { addCounts, type Counts } from '../service/counts/counts.ts'
import type { Delta } from '../service/counts/shared-counts.ts'
import { answer, type Answer } from './answer.ts'

/** What a shard answers to calls. */
export interface MetricsCalls {
  add(delta: Delta): Promise<Answer<null>>
  sum(): Promise<Answer<Counts>>
}

const COUNTS = 'counts'
/** An isolate that has been silent for so long has ended: it sends nothing again. */
const FORGET_MS = 24 * 60 * 60_000
const FORGET_EVERY_MS = 60 * 60_000

/** Counts of those isolates that send theirs here, added up. All of them are one row: rows that are written are what it costs. */
export class MetricsShard extends DurableObject implements MetricsCalls {
  #counts: Counts
  #forgotAt = 0

  constructor(state: DurableObjectState, env: unknown) {
    super(state, env as never)
    state.storage.sql.exec('CREATE TABLE IF NOT EXISTS sender (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, at INTEGER NOT NULL)')
    this.#counts = state.storage.kv.get<Counts>(COUNTS) ?? {}
  }

  add({ sender, seq, counts }: Delta): Promise<Answer<null>> {
    return answer(() => {
      const sum = addCounts(this.#counts, counts)
      const isNew = this.ctx.storage.transactionSync(() => this.#record(sender, seq) && (this.ctx.storage.kv.put(COUNTS, sum), true))
      if (isNew) this.#counts = sum
      return null
    })
  }

  sum(): Promise<Answer<Counts>> {
    return answer(() => this.#counts)
  }

  /** @returns false for a delta that has arrived before. */
  #record(sender: string, seq: number): boolean {
    const { sql } = this.ctx.storage
    const now = Date.now()
    if (now - this.#forgotAt > FORGET_EVERY_MS) {
      sql.exec('DELETE FROM sender WHERE at < ?', now - FORGET_MS)
      this.#forgotAt = now
    }
    const { rowsWritten } = sql.exec(
      'INSERT INTO sender VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, at = excluded.at WHERE excluded.seq > seq',
      sender,
      seq,
      now,
    )
    return rowsWritten > 0
  }
}
