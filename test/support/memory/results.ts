import type { EdgeCache, FileVersion, ResultStore, StorableResult } from '../../../src/service/ports.ts'

interface Kept {
  readonly account: string
  readonly source: FileVersion
  readonly layers: readonly FileVersion[]
  readonly result: StorableResult
}

export function memoryResultStore(): ResultStore {
  const results = new Map<string, Kept>()
  const nameOf = (...parts: readonly string[]): string => JSON.stringify(parts)
  return {
    get: (account, path, key) => Promise.resolve(results.get(nameOf(account, path, key))?.result ?? null),
    list: (owner, path) =>
      Promise.resolve(
        [...results.values()].flatMap(({ account, source, result: { shown, mime, etag: key } }) =>
          account === owner && source.path === path && shown ? [{ ...shown, key, mime, version: source.etag }] : [],
        ),
      ),
    put(account, source, key, result, layers = []) {
      results.set(nameOf(account, source.path, key), { account, source, layers, result: { ...result, etag: key } })
      return Promise.resolve()
    },
    purge(owner, { text, isPrefix }, unlessOf) {
      const concerns = (path: string): boolean => (isPrefix ? path.startsWith(text) : path === text)
      const isOld = ({ path, etag }: FileVersion): boolean => concerns(path) && etag !== unlessOf
      const ofAccount = [...results].filter(([, { account }]) => account === owner)
      const own = ofAccount.filter(([, { source }]) => isOld(source))
      const drawn = ofAccount.filter(([, { source, layers }]) => !concerns(source.path) && layers.some(isOld))
      for (const [name] of [...own, ...drawn]) results.delete(name)
      const layeredSources = [...new Set(drawn.map(([, { source }]) => source.path))].toSorted()
      return Promise.resolve({ results: own.length, layered: drawn.length, layeredSources })
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
    purge: () => Promise.resolve(true),
  }
}
