import { readApiKey, type Session } from './api-key.ts'

/** Values of the form by the names of their controls. */
export type Fields = ReadonlyMap<string, string>

/** What the address of the page says behind the `#`: the picture on show and the form's values. */
export interface Link {
  readonly filePath: string
  readonly fields: Fields
}

/** The fragment of a link, without `#`: `/folder/a%20b.jpg?w=400&f=webp`. */
export function writeLink({ filePath, fields }: Link): string {
  const path = filePath.split('/').map(encodeURIComponent).join('/')
  const query = new URLSearchParams([...fields]).toString()
  return query === '' ? path : `${path}?${query}`
}

/** Reads a fragment that `writeLink` wrote or somebody changed. `null` when it names no file. */
export function readLink(fragment: string): Link | null {
  const queryAt = fragment.indexOf('?')
  const path = decoded(queryAt < 0 ? fragment : fragment.slice(0, queryAt))
  if (path === null || !/^(\/[^/]+)+$/.test(path)) return null
  // A browser would resolve these segments and ask for another path.
  if (path.split('/').some((segment) => segment === '.' || segment === '..')) return null
  return { filePath: path, fields: new Map(new URLSearchParams(queryAt < 0 ? '' : fragment.slice(queryAt))) }
}

/** A key in the fragment, as `npm start` prints it; no server sees it there. `null` when there is none. */
export const keyInFragment = (fragment: string): Session | null => readApiKey(decoded(fragment) ?? fragment)

/** `null` when the percent signs do not encode UTF-8. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
