/** Orders by code points, as R2 and SQLite do; JavaScript's own order differs beyond the BMP. */
export function comparePaths(a: string, b: string): number {
  const [left, right] = [a[Symbol.iterator](), b[Symbol.iterator]()]
  for (;;) {
    const [x, y] = [left.next(), right.next()]
    if (x.done || y.done) return Number(y.done ?? false) - Number(x.done ?? false)
    const difference = (x.value.codePointAt(0) ?? 0) - (y.value.codePointAt(0) ?? 0)
    if (difference !== 0) return Math.sign(difference)
  }
}

/** What a folder sorts by: as if its path ended in a slash, so that it comes directly before what it holds. */
export const folderKey = (path: string): string => (path === '/' ? '/' : `${path}/`)

/** The last of some keys, `null` when there is none. */
export const lastKey = (keys: readonly string[]): string | null =>
  keys.reduce<string | null>((last, key) => (last === null || comparePaths(key, last) > 0 ? key : last), null)
