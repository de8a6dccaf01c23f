/** Who the page speaks for. */
export interface Session {
  readonly apiKey: string
  readonly accountId: string
}

/** The account id is cut out of the key: the 7 characters after the first `_` (docs/bytescale.md). The rest may be any visible characters. */
const KEY = /^[^\s\p{Cc}_/]+_([1-9A-HJ-NP-Za-km-z]{7})[^\s\p{Cc}]*$/u

/** Reads a key as somebody typed or pasted it. `null` when the text cannot be a key. */
export function readApiKey(text: string): Session | null {
  const apiKey = text.trim()
  const accountId = KEY.exec(apiKey)?.[1]
  return accountId === undefined ? null : { apiKey, accountId }
}

/** The `Authorization` header of a key. Browsers send one byte a character, the server reads UTF-8: so each byte becomes a character. */
export const authorizationOf = ({ apiKey }: Session): string => `Bearer ${String.fromCharCode(...new TextEncoder().encode(apiKey))}`
