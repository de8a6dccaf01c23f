/** Characters that the URL parser writes as `%XX` although clients send them as they are (URL Standard, percent-encode sets). */
const REWRITTEN_IN_PATH = /%(?:20|22|3C|3E|5E|60|7B|7C|7D)/g
const REWRITTEN_IN_QUERY = /%(?:20|22|27|3C|3E)/g
/** `encodeURIComponent` leaves the apostrophe as it is; the URL parser does not. */
const APOSTROPHE = /%27/g
/** UTF-8 beyond ASCII. */
const BEYOND_ASCII = /(?:%[89A-F][0-9A-F])+/g

/**
 * Texts `host/path?query` that a client may have signed for the URL that arrived. The URL parser has rewritten some characters, so one
 * signature may belong to one of several spellings: as it arrived; as `encodeURIComponent` writes it; with everything unescaped that the
 * parser escapes. Each spelling counts only if the parser turns it into the same URL, so none of them can mean another file.
 */
export function spellingsOf(url: URL, hostHeader: string | undefined): readonly string[] {
  const { pathname, search } = url
  const paths = [pathname, rawAscii(pathname, REWRITTEN_IN_PATH), rawText(pathname, REWRITTEN_IN_PATH)]
  const queries = [search, search.replaceAll(APOSTROPHE, "'"), rawAscii(search, REWRITTEN_IN_QUERY), rawText(search, REWRITTEN_IN_QUERY)]
  const hosts = [url.host, ...(hostHeader === undefined ? [] : [hostHeader])]
  const texts = hosts.flatMap((host) => paths.flatMap((path) => queries.map((query) => host + path + query)))
  return [...new Set(texts)].filter((text) => means(text, url))
}

const rawAscii = (text: string, escapes: RegExp): string => text.replaceAll(escapes, decoded)
const rawText = (text: string, escapes: RegExp): string => rawAscii(text, escapes).replaceAll(BEYOND_ASCII, decoded)

/** Bytes that are no UTF-8 stay escaped. */
function decoded(escapes: string): string {
  try {
    return decodeURIComponent(escapes)
  } catch {
    return escapes
  }
}

function means(text: string, url: URL): boolean {
  const candidate = `${url.protocol}//${text}`
  return URL.canParse(candidate) && new URL(candidate).href === url.href
}
