import { DurableObject } from 'cloudflare:workers'
import type { AccountSnapshot, CacheReset } from '../service/access/account-snapshot.ts'
import type { FolderRecord, FolderSettings } from '../service/files/folder-ports.ts'
import { foldersUpward } from '../service/files/path-scope.ts'
import type { UploadClaim, UploadQuotas } from '../service/files/multipart-ports.ts'
import type { OpenUpload, OpenUploadsWish } from '../service/files/parts/ports.ts'
import { type Exceeded, exceededBy, type RenderQuotas, windowsAt } from '../service/protection/quotas.ts'
import { answer, type Answer } from './answer.ts'

export interface AccountEffects {
  publish(account: string, snapshot: AccountSnapshot): Promise<void>
}

/** What an account answers to calls. */
export interface AccountCalls {
  admit(claim: UploadClaim, quotas: UploadQuotas): Promise<Answer<keyof UploadQuotas | null>>
  prolong(uploadId: string, expiresAt: number): Promise<Answer<null>>
  release(uploadId: string): Promise<Answer<null>>
  listUploads(wish: OpenUploadsWish): Promise<Answer<readonly OpenUpload[]>>
  getFolders(paths: readonly string[]): Promise<Answer<readonly FolderRecord[]>>
  putFolder(account: string, folder: FolderRecord): Promise<Answer<null>>
  deleteFolder(account: string, path: string, recursive: boolean): Promise<Answer<number>>
  listFolders(path: string, recursive: boolean, after: string, limit: number): Promise<Answer<readonly FolderRecord[]>>
  reset(account: string, pattern: string): Promise<Answer<number>>
  beginRender(quotas: RenderQuotas): Promise<Answer<Exceeded | null>>
  spend(cpuMs: number): Promise<Answer<null>>
}

/** Beyond this many resets the oldest are widened to everything: a wider reset is never wrong. */
const MAX_RESETS = 100

/** What was taken in one window (service/protection/quotas.ts). */
type SpentRow = { readonly span: string; readonly renders: number; readonly cpuMs: number }
const NOTHING_SPENT = { renders: 0, cpuMs: 0 }

type OpenUploadRow = { readonly uploadId: string; readonly path: string; readonly startedAt: number; readonly keyId: string }
type FolderRow = { readonly key: string; readonly settings: string }
/** `path + '/'`, so that a folder sorts directly before what it holds. */
const keyOf = (path: string): string => (path === '/' ? '/' : `${path}/`)
const recordOf = ({ key, settings }: FolderRow): FolderRecord => ({
  path: key === '/' ? '/' : key.slice(0, -1),
  settings: JSON.parse(settings) as FolderSettings, // written by put
})

/** What an account has besides its files: virtual folders, cache resets, the list of its unfinished uploads, and what its pictures have taken. */
export const accountClass = <Env>(effectsOf: (env: Env) => AccountEffects) =>
  class extends DurableObject<Env> implements AccountCalls {
    readonly #sql: SqlStorage

    constructor(context: DurableObjectState, env: Env) {
      super(context, env)
      this.#sql = context.storage.sql
      // Before uploads were counted by key they stood in a table `upload`: what is left in it counts no more.
      this.#sql.exec('DROP TABLE IF EXISTS upload')
      this.#sql.exec(
        'CREATE TABLE IF NOT EXISTS pending_upload (id TEXT PRIMARY KEY, key_id TEXT NOT NULL, address TEXT NOT NULL, expires_at INTEGER NOT NULL)',
      )
      this.#sql.exec('CREATE TABLE IF NOT EXISTS listed_upload (id TEXT PRIMARY KEY, path TEXT NOT NULL, started_at INTEGER NOT NULL)')
      this.#sql.exec('CREATE TABLE IF NOT EXISTS folder (key TEXT PRIMARY KEY, settings TEXT NOT NULL)')
      this.#sql.exec('CREATE TABLE IF NOT EXISTS spent (span TEXT PRIMARY KEY, renders INTEGER NOT NULL, cpuMs REAL NOT NULL)')
      this.#sql.exec('CREATE TABLE IF NOT EXISTS reset (id INTEGER PRIMARY KEY AUTOINCREMENT, pattern TEXT NOT NULL)')
    }

    admit(
      { uploadId, keyId, address, expiresAt, listed }: UploadClaim,
      { perKey, perAddress }: UploadQuotas,
    ): Promise<Answer<keyof UploadQuotas | null>> {
      return answer(() => {
        this.#sql.exec('DELETE FROM pending_upload WHERE expires_at < ?', Date.now())
        this.#sql.exec('DELETE FROM listed_upload WHERE id NOT IN (SELECT id FROM pending_upload)')
        const { ofKey, ofAddress } = this.#sql
          .exec<{ ofKey: number; ofAddress: number }>(
            'SELECT count(*) AS ofKey, coalesce(sum(address = ?2), 0) AS ofAddress FROM pending_upload WHERE key_id = ?1',
            keyId,
            address,
          )
          .one()
        if (perAddress !== null && ofAddress >= perAddress) return 'perAddress'
        if (ofKey >= perKey) return 'perKey'
        this.#sql.exec('INSERT OR REPLACE INTO pending_upload VALUES (?, ?, ?, ?)', uploadId, keyId, address, expiresAt)
        if (listed) this.#sql.exec('INSERT OR REPLACE INTO listed_upload VALUES (?, ?, ?)', uploadId, listed.path, listed.startedAt)
        return null
      })
    }

    prolong(uploadId: string, expiresAt: number): Promise<Answer<null>> {
      return answer(() => {
        this.#sql.exec('UPDATE pending_upload SET expires_at = ? WHERE id = ?', expiresAt, uploadId)
        return null
      })
    }

    release(uploadId: string): Promise<Answer<null>> {
      return answer(() => {
        this.#sql.exec('DELETE FROM pending_upload WHERE id = ?', uploadId)
        this.#sql.exec('DELETE FROM listed_upload WHERE id = ?', uploadId)
        return null
      })
    }

    listUploads({ prefix, afterPath, afterId, limit }: OpenUploadsWish): Promise<Answer<readonly OpenUpload[]>> {
      return answer(() =>
        this.#sql
          .exec<OpenUploadRow>(
            `SELECT id AS uploadId, path, started_at AS startedAt, key_id AS keyId FROM listed_upload JOIN pending_upload USING (id)
             WHERE expires_at >= ?1 AND substr(path, 1, length(?2)) = ?2
               AND (path > ?3 OR path = ?3 AND (started_at, id) > (SELECT started_at, id FROM listed_upload WHERE id = ?4))
             ORDER BY path, started_at, id LIMIT ?5`,
            Date.now(),
            prefix,
            afterPath,
            afterId,
            limit,
          )
          .toArray(),
      )
    }

    getFolders(paths: readonly string[]): Promise<Answer<readonly FolderRecord[]>> {
      return answer(() =>
        paths.flatMap((path) => [...this.#sql.exec<FolderRow>('SELECT * FROM folder WHERE key = ?', keyOf(path))].map(recordOf)),
      )
    }

    putFolder(account: string, { path, settings }: FolderRecord): Promise<Answer<null>> {
      return answer(() => {
        for (const ancestor of foldersUpward(path).slice(1, -1)) {
          this.#sql.exec('INSERT OR IGNORE INTO folder (key, settings) VALUES (?, ?)', keyOf(ancestor), '{}')
        }
        this.#sql.exec('INSERT OR REPLACE INTO folder (key, settings) VALUES (?, ?)', keyOf(path), JSON.stringify(settings))
        return this.#publish(account)
      })
    }

    deleteFolder(account: string, path: string, recursive: boolean): Promise<Answer<number>> {
      return answer(async () => {
        const { from, to } = keysOf(path)
        const cursor = recursive
          ? this.#sql.exec('DELETE FROM folder WHERE key >= ? AND key < ? RETURNING key', from, to)
          : this.#sql.exec('DELETE FROM folder WHERE key = ? RETURNING key', from)
        const deleted = cursor.toArray().length
        await this.#publish(account)
        return deleted
      })
    }

    listFolders(path: string, recursive: boolean, after: string, limit: number): Promise<Answer<readonly FolderRecord[]>> {
      const { from, to } = keysOf(path)
      const direct = recursive ? '' : `AND instr(substr(key, ${[...from].length + 1}), '/') = length(key) - ${[...from].length}`
      const query = `SELECT * FROM folder WHERE key > ? AND key < ? AND key > ? ${direct} ORDER BY key LIMIT ?`
      return answer(() => [...this.#sql.exec<FolderRow>(query, from, to, after, limit)].map(recordOf))
    }

    reset(account: string, pattern: string): Promise<Answer<number>> {
      return answer(async () => {
        this.#sql.exec('DELETE FROM reset WHERE pattern = ?', pattern)
        const { id } = this.#sql.exec<{ id: number }>('INSERT INTO reset (pattern) VALUES (?) RETURNING id', pattern).one()
        const [widened] = this.#sql.exec<{ id: number }>('SELECT id FROM reset ORDER BY id DESC LIMIT 1 OFFSET ?', MAX_RESETS - 1).toArray()
        if (widened) {
          this.#sql.exec("UPDATE reset SET pattern = '/*' WHERE id = ?", widened.id)
          this.#sql.exec('DELETE FROM reset WHERE id < ?', widened.id)
        }
        await this.#publish(account)
        return id
      })
    }

    beginRender(quotas: RenderQuotas): Promise<Answer<Exceeded | null>> {
      return answer(() => {
        const now = Date.now()
        const spent = new Map([...this.#sql.exec<SpentRow>('SELECT * FROM spent')].map((row) => [row.span, row]))
        const exceeded = exceededBy(quotas, (name) => spent.get(name) ?? NOTHING_SPENT, now)
        if (!exceeded) this.#spend(1, 0, now)
        return exceeded
      })
    }

    spend(cpuMs: number): Promise<Answer<null>> {
      return answer(() => {
        this.#spend(0, cpuMs, Date.now())
        return null
      })
    }

    /** Only the windows of now are kept. */
    #spend(renders: number, cpuMs: number, now: number): void {
      const names = windowsAt(now).map(({ name }) => name)
      this.#sql.exec('DELETE FROM spent WHERE span NOT IN (?, ?)', ...names)
      for (const name of names)
        this.#sql.exec(
          'INSERT INTO spent VALUES (?1, ?2, ?3) ON CONFLICT (span) DO UPDATE SET renders = renders + ?2, cpuMs = cpuMs + ?3',
          name,
          renders,
          cpuMs,
        )
    }

    async #publish(account: string): Promise<null> {
      const folders = [...this.#sql.exec<FolderRow>("SELECT * FROM folder WHERE settings <> '{}' ORDER BY key")].map(recordOf)
      const publicPermissions = folders.flatMap(({ path, settings }) =>
        settings.publicPermissions ? [{ folderPath: path, value: settings.publicPermissions }] : [],
      )
      const resets = this.#sql.exec<CacheReset & Record<string, SqlStorageValue>>('SELECT id, pattern FROM reset ORDER BY id').toArray()
      await effectsOf(this.env).publish(account, { publicPermissions, resets })
      return null
    }
  }

/** Keys of a folder and of everything below it: from `path/` up to what comes after every text that begins so (`0` follows `/`). */
const keysOf = (path: string): { readonly from: string; readonly to: string } => ({ from: keyOf(path), to: `${keyOf(path).slice(0, -1)}0` })
