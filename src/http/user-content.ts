import type { Timings } from '../service/render/timings.ts'
import { create as createContentDisposition, parse as parseContentDisposition } from 'content-disposition'

/** Names the headers that a page of another origin may read. `ETag` is what upload clients wait for. */
export const EXPOSED_HEADERS =
  'ETag, Link, Content-Length, Content-Range, Content-Disposition, Server-Timing, Emulsion-Cache, Emulsion-Warnings, Emulsion-Gain-Map, Emulsion-Quality, Emulsion-Later, Emulsion-Deadline, Emulsion-Explain, Emulsion-Lossless, Emulsion-Fallback, Filestack-Limit, Filestack-Remaining, Filestack-Reset, Retry-After, X-File-Name, X-Request-Id'

/**
 * Headers on everything that came from a user. A stored HTML page or SVG must not run as this origin: no type guessing, no scripts, and a
 * sandbox for documents that a browser opens anyway.
 */
export function userContentHeaders(fileName: string, attachment: boolean): Record<string, string> {
  return {
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; sandbox",
    'Content-Disposition': createContentDisposition(fileName, { type: attachment ? 'attachment' : 'inline' }),
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'Timing-Allow-Origin': '*',
  }
}

/** The last segment of the file name that a `Content-Disposition` header gives; `null` without a file name. */
export function readFileName(header: string): string | null {
  try {
    return parseContentDisposition(header).parameters['filename']?.split(/[/\\]/).at(-1) || null
  } catch {
    return null
  }
}

/** `Server-Timing`: the notes, then the phases in milliseconds. A note is text without quotes. */
export const serverTiming = (timings: Pick<Timings, 'entries' | 'notes'>): string =>
  [
    ...timings.notes().map(([name, text]) => `${name};desc="${text}"`),
    ...timings.entries().map(([phase, milliseconds]) => `${phase};dur=${Number(milliseconds.toFixed(1))}`),
  ].join(', ')
