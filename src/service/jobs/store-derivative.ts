import { AppError } from '../../errors.ts'
import { isDerivative } from '../files/derivation.ts'
import type { Derivation, FileInfo, FileOrigin, FileStore } from '../ports.ts'

export interface StoreDerivativeDeps {
  readonly files: FileStore
  /** Told after an existing file has been replaced. */
  readonly replaced: (account: string, path: string) => Promise<void>
}

export interface Derivative {
  readonly account: string
  /** A checked path. */
  readonly path: string
  readonly body: Uint8Array
  readonly mime: string
  readonly origin: FileOrigin & { readonly derivation: Derivation }
}

/** Looks at a path whose file changes again and again. */
const MAX_LOOKS = 5

/**
 * Stores what a rule made. It replaces only what the same rule made of the same source, and never what was made of a newer version of it.
 * @returns the stored file, or `null` when a newer version's derivative is there.
 * @throws AppError `conflict` when another source's derivative or a file of the owner is at the path; `storage_unavailable` when the file there
 * changes too often.
 */
export const createStoreDerivative = ({ files, replaced }: StoreDerivativeDeps) =>
  async function storeDerivative({ account, path, body, mime, origin }: Derivative): Promise<FileInfo | null> {
    const meta = { mime, originalFileName: null, metadata: {}, tags: [] }
    for (let looks = 0; looks < MAX_LOOKS; looks++) {
      const there = await files.head(account, path)
      if (there && !isDerivative(there, origin.derivation)) throw occupied(there)
      if (there && (there.origin?.derivation?.sourceTime ?? 0) > origin.derivation.sourceTime) return null
      const condition = there ? { ifEtag: there.etag } : { ifAbsent: true }
      const stored = await files.put(account, path, body, meta, { ...condition, origin })
      if (stored && there) await replaced(account, path)
      if (stored) return stored
    }
    throw new AppError('storage_unavailable', { detail: `${path} changed ${MAX_LOOKS} times while it was to be written` })
  }

export type StoreDerivative = ReturnType<typeof createStoreDerivative>

function occupied({ path, origin }: FileInfo): AppError {
  const by = origin?.derivation
  const what = by
    ? `${JSON.stringify(path)} is what the rule ${JSON.stringify(by.rule)} made of ${JSON.stringify(by.source)}`
    : `${JSON.stringify(path)} is a file that no rule made`
  return new AppError('conflict', {
    field: 'destination',
    reason: `${what}. Give every source a destination of its own, for example with {file} in place of {name}.`,
  })
}
