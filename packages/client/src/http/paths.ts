/** A file's path as it stands in a URL: each segment percent-encoded. @throws TypeError unless it begins with `/`. */
export function encodePath(path: string): string {
  if (!path.startsWith('/')) throw new TypeError(`Expected a path that begins with "/", received ${JSON.stringify(path)}.`)
  return path.split('/').map(encodeURIComponent).join('/')
}

/** `?a=1&b=2` of what is given; empty without anything. */
export function queryOf(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const given = Object.entries(values).filter(([, value]) => value !== undefined)
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}
