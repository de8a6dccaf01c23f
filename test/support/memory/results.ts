import type { EdgeCache, ResultStore, StorableResult } from '../../../src/service/ports.ts'

export function memoryResultStore(): ResultStore {
  const results = new Map<string, { readonly account: string; readonly path: string; readonly result: StorableResult }>()
  const nameOf = (...parts: readonly string[]): string => JSON.stringify(parts)
  return {
    get: (account, path, key) => Promise.resolve(results.get(nameOf(account, path, key))?.result ?? null),
    put(account, path, key, result) {
      results.set(nameOf(account, path, key), { account, path, result: { ...result, etag: key } })
      return Promise.resolve()
    },
    purge(owner, { text, isPrefix }) {
      const gone = [...results].filter(([, { account, path }]) => account === owner && (isPrefix ? path.startsWith(text) : path === text))
      for (const [name] of gone) results.delete(name)
      return Promise.resolve(gone.length)
    },
  }
}

export function memoryEdgeCache(): EdgeCache {
  const results = new Map<string, StorableResult>()
  return {
    get: (key) => Promise.resolve(results.get(key) ?? null),
    put(key, result) {
      results.set(key, result)
      return Promise.resolve()
    },
  }
}
