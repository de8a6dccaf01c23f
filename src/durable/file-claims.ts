import { DurableObject } from 'cloudflare:workers'
import type { FileFate } from '../service/handles/ports.ts'
import { answer, type Answer } from './answer.ts'

/** What the object does outside itself. */
export interface FileClaimsEffects {
  /** Deletes a file; with `storedFor` only when it was stored for this handle. Twice is fine. */
  deleteFile(account: string, path: string, storedFor: string | null): Promise<void>
}

/** What the claims to some paths answer to calls. */
export interface FileClaimsCalls {
  claim(path: string, handle: string): Promise<Answer<null>>
  release(account: string, path: string, handle: string, fate: FileFate): Promise<Answer<null>>
}

/** A deletion that was begun. */
interface Deletion {
  readonly account: string
  readonly path: string
  readonly storedFor: string | null
}

/** Until a deletion that failed is tried again. */
const RETRY_MS = 30_000

/** A path has no line breaks (service/files/path.ts). */
const claimsOf = (path: string): string => `claim/${path}\n`
const deletionKey = (path: string): string => `deletion/${path}`

/**
 * Which handles name the files of some paths. A deletion is recorded before it is done, and a claim waits for it: so no file is deleted that
 * somebody has stored in the meantime.
 */
export const fileClaimsClass = <Env>(effectsOf: (env: Env) => FileClaimsEffects) =>
  class extends DurableObject<Env> implements FileClaimsCalls {
    readonly #running = new Map<string, Promise<void>>()

    claim(path: string, handle: string): Promise<Answer<null>> {
      return answer(async () => {
        await this.#finishDeletion(path)
        this.ctx.storage.kv.put(claimsOf(path) + handle, true)
        return null
      })
    }

    release(account: string, path: string, handle: string, fate: FileFate): Promise<Answer<null>> {
      return answer(async () => {
        const { kv } = this.ctx.storage
        await this.#finishDeletion(path)
        if (!kv.delete(claimsOf(path) + handle) || fate === 'keep') return null
        if ([...kv.list({ prefix: claimsOf(path), limit: 1 })].length > 0) return null
        kv.put(deletionKey(path), { account, path, storedFor: fate === 'own' ? handle : null } satisfies Deletion)
        await this.ctx.storage.setAlarm(Date.now() + RETRY_MS)
        await this.#finishDeletion(path)
        return null
      })
    }

    override async alarm(): Promise<void> {
      const { kv } = this.ctx.storage
      const begun = [...kv.list<Deletion>({ prefix: deletionKey(''), limit: 100 })]
      for (const [, { path }] of begun) await this.#finishDeletion(path).catch(() => undefined)
      if ([...kv.list({ prefix: deletionKey(''), limit: 1 })].length > 0) await this.ctx.storage.setAlarm(Date.now() + RETRY_MS)
    }

    /** When it returns, no deletion of this path is recorded or under way: what follows in the same turn stands before the next one. */
    async #finishDeletion(path: string): Promise<void> {
      for (;;) {
        const deletion = this.ctx.storage.kv.get<Deletion>(deletionKey(path))
        if (!deletion) return
        const running = this.#running.get(path) ?? this.#delete(deletion).finally(() => this.#running.delete(path))
        this.#running.set(path, running)
        await running
      }
    }

    async #delete({ account, path, storedFor }: Deletion): Promise<void> {
      await effectsOf(this.env).deleteFile(account, path, storedFor)
      this.ctx.storage.kv.delete(deletionKey(path))
    }
  }
