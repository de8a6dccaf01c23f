import { comparePaths, folderKey } from '../../../src/service/files/path-order.ts'
import type { FileBody, FileInfo, FileStore, PutOptions } from '../../../src/service/ports.ts'

interface Stored {
  readonly info: FileInfo
  readonly bytes: Uint8Array
}

export const bytesOf = async (body: FileBody): Promise<Uint8Array> =>
  body instanceof Uint8Array ? body : new Uint8Array(await new Response(body.stream).arrayBuffer())

/** FNV-1a: equal for equal bytes is all that a version must be. */
const etagOf = (bytes: Uint8Array): string =>
  bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5).toString(16)

const allows = (there: FileInfo | undefined, { ifAbsent = false, ifEtag }: PutOptions): boolean =>
  !(ifAbsent && there !== undefined) && (ifEtag === undefined || there?.etag === ifEtag)

/** The files of a test. @param now the time of a write, in milliseconds. */
export function memoryFileStore(now: () => number = Date.now): FileStore {
  const files = new Map<string, Stored>()
  const inOrder = (account: string): readonly Stored[] =>
    [...files]
      .flatMap(([key, stored]) => (key === account + stored.info.path ? [stored] : []))
      .sort((a, b) => comparePaths(a.info.path, b.info.path))
  return {
    head: (account, path) => Promise.resolve(files.get(account + path)?.info ?? null),
    open(account, path, range) {
      const stored = files.get(account + path)
      if (!stored) return Promise.resolve(null)
      const body = new Blob([stored.bytes.slice(range?.start, range?.end) as Uint8Array<ArrayBuffer>]).stream()
      return Promise.resolve({ info: stored.info, body })
    },
    async put(account, path, body, meta, options = {}) {
      const bytes = await bytesOf(body)
      if (!(body instanceof Uint8Array) && bytes.length !== body.size)
        throw new Error(`Expected ${body.size} bytes, received ${bytes.length}`)
      if (!allows(files.get(account + path)?.info, options)) return null
      const { origin } = options
      const info = { ...meta, path, size: bytes.length, etag: etagOf(bytes), lastModified: new Date(now()), ...(origin && { origin }) }
      files.set(account + path, { info, bytes })
      return info
    },
    delete(account, paths) {
      for (const path of paths) files.delete(account + path)
      return Promise.resolve()
    },
    list(account, folder, { recursive, limit, after = '', prefix: begins = '' }) {
      const prefix = folderKey(folder)
      const below = inOrder(account).filter(({ info }) => info.path.startsWith(prefix + begins))
      const keyOf = ({ info }: Stored): string => {
        const slash = info.path.indexOf('/', prefix.length)
        return recursive || slash < 0 ? info.path : info.path.slice(0, slash + 1)
      }
      const keys = [...new Set(below.map(keyOf))].filter((key) => comparePaths(key, after) > 0).sort(comparePaths)
      const page = keys.slice(0, limit)
      return Promise.resolve({
        files: below.flatMap((stored) => (page.includes(keyOf(stored)) && !keyOf(stored).endsWith('/') ? [stored.info] : [])),
        folders: page.flatMap((key) => (key.endsWith('/') ? [key.slice(0, -1)] : [])),
        seenUpTo: page.length < keys.length ? (page.at(-1) ?? null) : null,
      })
    },
  }
}
