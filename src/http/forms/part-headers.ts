import { AppError } from '../../errors.ts'

/** What the headers of a form's part say. */
export interface PartHeaders {
  /** `null`: the part has no name. */
  readonly fieldName: string | null
  /** The last segment of the client's path; `null`: the part names no file. */
  readonly fileName: string | null
  readonly isFile: boolean
  readonly mime: string | null
  /** `Content-Transfer-Encoding` in small letters, where it changes the bytes; `null` otherwise. */
  readonly encoding: string | null
}

/** Encodings that leave the bytes as they are (RFC 7578 §4.7 deprecates all others). */
const PLAIN_ENCODINGS = new Set(['', '7bit', '8bit', 'binary'])
const PARAMETER = /;\s*([\w!#$&+^`|~.*'-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)/gs

/**
 * Reads the headers of one part as browsers, .NET, curl and older clients write them: parameters with or without quotes, names in any case,
 * `filename*` (RFC 8187), escaped quotes, whole Windows paths, and RFC 2047 words. @param headers by their names in small letters.
 */
export function readPartHeaders(headers: Readonly<Record<string, string | undefined>>): PartHeaders {
  const parameters = parametersOf(headers['content-disposition'] ?? '')
  const extended = decodeExtended(parameters.get('filename*'))
  const given = extended ?? parameters.get('filename')
  const mime = headers['content-type'] ?? null
  const encoding = (headers['content-transfer-encoding'] ?? '').trim().toLowerCase()
  return {
    fieldName: parameters.get('name') ?? null,
    fileName: given === undefined ? null : decodeWords(given).split(/[/\\]/).at(-1) || null,
    isFile: given !== undefined || /^application\/octet-stream\b/i.test(mime ?? ''),
    mime: mime === '' ? null : mime,
    encoding: PLAIN_ENCODINGS.has(encoding) ? null : encoding,
  }
}

/** @throws AppError `invalid_body` when the part's bytes are not those of the file. */
export function demandPlain({ encoding }: PartHeaders): void {
  if (encoding !== null)
    throw new AppError('invalid_body', {
      field: 'Content-Transfer-Encoding',
      reason: `Expected the bytes of the file as they are, received the encoding ${JSON.stringify(encoding.slice(0, 40))}.`,
    })
}

function parametersOf(header: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [, name = '', value = ''] of header.matchAll(PARAMETER)) {
    if (!found.has(name.toLowerCase())) found.set(name.toLowerCase(), unquoted(value.trim()))
  }
  return found
}

/** A backslash escapes quotes and itself. Before other characters it belongs to a Windows path. */
const unquoted = (value: string): string =>
  /^".*"$/s.test(value)
    ? value
        .slice(1, -1)
        .replaceAll(/\\(["\\])/g, '$1')
        .replaceAll(/%22/g, '"')
    : value

/** `utf-8''a%20b.png` (RFC 8187 §3.2); `undefined` for any other text. */
function decodeExtended(value: string | undefined): string | undefined {
  const [, charset = '', encoded = ''] = /^([\w-]+)'[^']*'(.*)$/s.exec(value ?? '') ?? []
  const bytes = encoded.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return decodeText(charset, bytes) || undefined
}

/** `=?utf-8?B?…?=` and `=?utf-8?Q?…?=`, as .NET Framework and mail libraries write names (RFC 2047 §2). */
const decodeWords = (text: string): string =>
  text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(
      /=\?([\w-]+)\?([bq])\?([^?]*)\?=/gi,
      (word, charset: string, kind: string, encoded: string) =>
        decodeText(charset, kind.toLowerCase() === 'b' ? fromBase64(encoded) : fromQuoted(encoded)) ?? word,
    )

function fromBase64(text: string): string {
  try {
    return atob(text)
  } catch {
    return ''
  }
}

const fromQuoted = (text: string): string =>
  text.replaceAll('_', ' ').replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

/** `null` for an unknown character set or bytes that it does not have. */
function decodeText(charset: string, binary: string): string | null {
  try {
    return new TextDecoder(charset, { fatal: true, ignoreBOM: false }).decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)))
  } catch {
    return null
  }
}
