/** Where an object is: a configured store, a container of it (`''` where the store has none), a key. */
export interface ObjectPlace {
  readonly store: string
  readonly container: string
  readonly key: string
}

/** A place as the path of a file. No path inside an account begins with two slashes (files/path.ts). */
export const objectPath = ({ store, container, key }: ObjectPlace): string => `//${store}/${container}/${key}`

/** The place that a path names; `null` for a path inside an account. */
export function placeIn(path: string): ObjectPlace | null {
  const [, store, container, key] = /^\/\/([^/]+)\/([^/]*)\/(.+)$/s.exec(path) ?? []
  return store === undefined || container === undefined || key === undefined ? null : { store, container, key }
}
