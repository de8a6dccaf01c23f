import { differs, type ForeignService, type Opened, type Parameter, type Verdict } from '../foreign.ts'
import type { Sheet } from '../sheet.ts'
import { decoded, fileOf } from '../source.ts'
import { WORDS } from './imgproxy-words.ts'

const OPTION = /^[a-z_-]+:/
const SIGNATURE = /^(?:_|unsafe|insecure|[\w-]{8,64})$/
const UNSIGNED = /^(?:_|unsafe|insecure)$/

function sourceOf(rest: readonly string[]): { readonly source: string; readonly extension: string } | null {
  if (rest[0] === 'plain') {
    const [source = '', extension = ''] = rest.slice(1).join('/').split('@')
    return { source: decoded(source), extension }
  }
  const [encoded = '', extension = ''] = rest.join('').split('.')
  try {
    return {
      source: new TextDecoder().decode(
        Uint8Array.from(atob(encoded.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0)),
      ),
      extension,
    }
  } catch {
    return null
  }
}

function open(url: URL): Opened | null {
  const [signature = '', ...segments] = url.pathname.slice(1).split('/')
  if (!SIGNATURE.test(signature)) return null
  const options = segments.slice(
    0,
    segments.findIndex((segment) => !OPTION.test(segment)),
  )
  const found = sourceOf(segments.slice(options.length))
  if (!found || found.source === '') return null
  const parameters: Parameter[] = [
    ...(UNSIGNED.test(signature) ? [] : [{ name: 'signature', value: signature }]),
    ...options.map((option) => ({ name: option.slice(0, option.indexOf(':')), value: option.slice(option.indexOf(':') + 1) })),
    ...(found.extension === '' ? [] : [{ name: 'extension', value: found.extension }]),
  ]
  return { source: fileOf(found.source.replace(/^(s3|gs|abs|local):\/\/+/, '/'), url.origin), parameters }
}

/** Whether a picture may grow decides among two of our modes. */
function settle(sheet: Sheet): Readonly<Record<string, Verdict>> {
  const { type: wish = 'fit', enlarge: grows, extend: fills, ...delivery } = sheet.delivery
  sheet.delivery = delivery
  const place = sheet.position === 'smart' || sheet.position === 'smart-entropy' ? 'center' : sheet.position
  if (sheet.window) sheet.window = { ...sheet.window, position: sheet.window.position ?? place }
  const modes = {
    fit: ['shrink', 'max'],
    auto: ['shrink', 'max'],
    fill: ['shrink-crop', 'crop'],
    'fill-down': ['aspect-crop', 'crop'],
    force: ['stretch', 'stretch'],
  } as const
  sheet.fit = modes[wish as keyof typeof modes][grows ? 1 : 0]
  if (!fills || wish !== 'fit') return {}
  sheet.fit = 'pad'
  const because = differs('A picture that is smaller than the box is enlarged.')
  return grows ? {} : { extend: because, ex: because, resize: because, rs: because, size: because, s: because }
}

/** imgproxy. Source: docs.imgproxy.net/usage/processing. */
export const imgproxy: ForeignService = {
  recognises: ({ hostname, pathname }) =>
    /imgproxy/.test(hostname) || /^\/[\w-]+\/(?:[a-z_]+:[^/]*\/)+(?:plain\/|[\w-]+(?:\.\w+)?$)/.test(pathname),
  open,
  defaults: { fit: 'shrink' },
  words: WORDS,
  lastCounts: true,
  first: ['crop', 'c'],
  settle,
}
