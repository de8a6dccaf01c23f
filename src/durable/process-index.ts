import { DurableObject } from 'cloudflare:workers'
import type { ListQuery, ProcessPage } from '../service/processes/ports.ts'
import type { ProcessKind, ProcessStatus, ProcessSummary } from '../service/processes/record.ts'
import { answer, type Answer } from './answer.ts'

/** Rows a page at most. */
const MAX_PAGE = 1000
const SWEEP_CURSOR = 'sweep-cursor'

/** The list of one account's processes. Derived: each process tells it of itself, and goes on telling until it has heard. */
export class ProcessIndex extends DurableObject {
  constructor(state: DurableObjectState, env: unknown) {
    super(state, env as never)
    state.storage.sql.exec(
      `CREATE TABLE IF NOT EXISTS processes (id TEXT PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, service INTEGER, status TEXT NOT NULL,
        created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, revision INTEGER NOT NULL, summary TEXT NOT NULL);
       CREATE INDEX IF NOT EXISTS by_creation ON processes (created_at DESC, id DESC);
       CREATE INDEX IF NOT EXISTS by_status ON processes (status, updated_at);`,
    )
  }

  put(summary: ProcessSummary): Promise<Answer<null>> {
    const { id, kind, name, owner, status, createdAt, updatedAt, revision } = summary
    return answer(() => {
      this.ctx.storage.sql.exec(
        `INSERT INTO processes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET status = excluded.status, updated_at = excluded.updated_at,
          revision = excluded.revision, summary = excluded.summary WHERE excluded.revision > revision`,
        id,
        kind,
        name,
        owner.service,
        status,
        createdAt,
        updatedAt,
        revision,
        JSON.stringify(summary),
      )
      return null
    })
  }

  remove(id: string): Promise<Answer<null>> {
    return answer(() => {
      this.ctx.storage.sql.exec('DELETE FROM processes WHERE id = ?', id)
      return null
    })
  }

  known(ids: readonly string[]): Promise<Answer<readonly string[]>> {
    return answer(() => this.#idsFrom(0, ids))
  }

  recorded(ids: readonly string[]): Promise<Answer<readonly string[]>> {
    return answer(() => this.#idsFrom(1, ids))
  }

  /** Where the sweep of the account's files goes on. */
  sweepCursor(): Promise<Answer<string | null>> {
    return answer(() => this.ctx.storage.kv.get<string>(SWEEP_CURSOR) ?? null)
  }

  setSweepCursor(cursor: string | null): Promise<Answer<null>> {
    return answer(() => {
      if (cursor === null) this.ctx.storage.kv.delete(SWEEP_CURSOR)
      else this.ctx.storage.kv.put(SWEEP_CURSOR, cursor)
      return null
    })
  }

  list({ service, folder = '/', kinds, names, statuses, limit, cursor }: ListQuery): Promise<Answer<ProcessPage>> {
    return answer(() => {
      const [createdBefore, idBefore] = readCursor(cursor)
      const rows = this.#select(
        `(?1 IS NULL OR service = ?1) AND (?2 IS NULL OR kind IN (SELECT value FROM json_each(?2))) AND (?3 IS NULL OR name IN (SELECT value FROM json_each(?3)))
          AND (?4 IS NULL OR status IN (SELECT value FROM json_each(?4)))
          AND (?8 = '/' OR summary ->> '$.owner.folder' = ?8 OR substr(summary ->> '$.owner.folder', 1, length(?8) + 1) = ?8 || '/') AND (created_at, id) < (?5, ?6) ORDER BY created_at DESC, id DESC LIMIT ?7`,
        service ?? null,
        textOf(kinds),
        textOf(names),
        textOf(statuses),
        createdBefore,
        idBefore,
        Math.min(limit, MAX_PAGE) + 1,
        folder,
      )
      const items = rows.slice(0, limit)
      const last = items.at(-1)
      return { items, cursor: rows.length > limit && last ? `${last.createdAt}-${last.id}` : null }
    })
  }

  stale(query: { unfinishedBefore: number; finishedBefore: number; limit: number }): Promise<Answer<readonly ProcessSummary[]>> {
    const { unfinishedBefore, finishedBefore, limit } = query
    return answer(() =>
      this.#select(
        "(status IN ('PENDING', 'PROCESSING') AND updated_at < ?1) OR (status IN ('FINISHED', 'FAILED') AND updated_at < ?2) ORDER BY updated_at LIMIT ?3",
        unfinishedBefore,
        finishedBefore,
        Math.min(limit, MAX_PAGE),
      ),
    )
  }

  count(): Promise<Answer<readonly { kind: ProcessKind; status: ProcessStatus; count: number; oldestAt: number }[]>> {
    return answer(() =>
      this.ctx.storage.sql
        .exec<{ kind: ProcessKind; status: ProcessStatus; count: number; oldestAt: number }>(
          'SELECT kind, status, COUNT(*) AS count, MIN(created_at) AS oldestAt FROM processes GROUP BY kind, status',
        )
        .toArray(),
    )
  }

  /** Those of the ids whose line has at least this revision. */
  #idsFrom(revision: number, ids: readonly string[]): string[] {
    const query = 'SELECT id FROM processes WHERE revision >= ? AND id IN (SELECT value FROM json_each(?))'
    return [...this.ctx.storage.sql.exec<{ id: string }>(query, revision, JSON.stringify(ids))].map(({ id }) => id)
  }

  #select(condition: string, ...values: readonly (string | number | null)[]): ProcessSummary[] {
    const rows = this.ctx.storage.sql.exec<{ summary: string }>(`SELECT summary FROM processes WHERE ${condition}`, ...values)
    return rows.toArray().map(({ summary }) => JSON.parse(summary) as ProcessSummary) // written by put
  }
}

const textOf = (list: readonly string[] | undefined): string | null => (list === undefined ? null : JSON.stringify(list))

/** Creation time and id of the last row of the page before; a cursor of any other form begins at the top. */
function readCursor(cursor: string | undefined): readonly [createdBefore: number, idBefore: string] {
  const match = /^(\d{1,15})-(.{1,100})$/.exec(cursor ?? '')
  return match ? [Number(match[1]), match[2] ?? ''] : [Number.MAX_SAFE_INTEGER, '']
}
