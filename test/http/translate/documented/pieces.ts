import type { ServiceName } from '../../../../src/http/translate/translate.ts'

/** A URL in which one parameter is gone or has another value. */
export interface Mutant {
  readonly url: string
  readonly piece: string
}

/** Where the parameters of a service stand, as its pages say; the first group has them. What separates them is the second expression. */
type Region = readonly [place: RegExp, separator: RegExp]

const QUERY: Region = [/\?(.+)$/, /(&)/]
const TRANSFORMATION = String.raw`\$?[a-z]{1,3}_[^/]+`
const REGIONS: Readonly<Record<ServiceName, readonly Region[]>> = {
  cloudflare: [
    [/\/cdn-cgi\/image\/([^/]+)\//, /(,)/],
    [/imagedelivery.*\/([^/]*=[^/]*)$/, /(,)/],
  ],
  cloudinary: [[new RegExp(`/(?:upload|fetch)/(${TRANSFORMATION}(?:/${TRANSFORMATION}(?=/))*)/`), /([,/])/]],
  imagekit: [
    [/\/tr:([^/]+)\//, /([,:])/],
    [/\?tr=([^&]+)/, /(,|:|%2C|%3A)/],
    [/(?:\?(?!tr=)|&)(.+)$/, /(&)/],
  ],
  imgix: [QUERY],
  imgproxy: [
    [/\/unsafe\/((?:[\w-]+:[^/]*\/)*[\w-]+:[^/]*)\/(?:plain\/|[\w-]+\.\w+$)/, /(\/)/],
    [/@(\w+)$/, /(,)/],
  ],
  ipx: [[/\/_ipx\/([^/]+)\//, /(,)/]],
  shopify: [
    QUERY,
    [/(_(?:\d*x\d*|pico|icon|thumb|small|compact|medium|large|grande)(?:_crop_\w+)?(?:@\dx)?)(?:\.progressive)?\.\w+(?:\?|$)/, /(,)/],
  ],
  thumbor: [
    [/\/unsafe\/((?:(?:meta|trim[^/]*|[\w-]*fit-in|stretch|-?\d+x-?\d+(?::\d+x\d+)?|left|right|top|bottom|smart)\/)+)/, /(\/)/],
    [/\/filters:((?:\w+\([^)]*\):?)+)\//, /(?<=\))(:)/],
  ],
  uploadcare: [[/\/-\/(.*?)\/(?:[\w-]+\.\w+)?$/, /(\/-\/)/]],
}

interface Cut {
  readonly head: string
  /** Pieces, with what separates them between. */
  readonly tokens: readonly string[]
  readonly tail: string
}

function cutAt([place, separator]: Region, url: string): Cut | null {
  const found = place.exec(url)
  const text = found?.[1]?.replace(/\/$/, '') ?? ''
  if (!found || text === '' || text === '_') return null
  const start = found.index + found[0].lastIndexOf(text)
  return { head: url.slice(0, start), tokens: text.split(separator), tail: url.slice(start + text.length) }
}

const cuts = (service: ServiceName, url: string): readonly Cut[] =>
  REGIONS[service].map((region) => cutAt(region, url)).filter((cut) => cut !== null)

/** The parameters of a URL. */
export const piecesOf = (service: ServiceName, url: string): readonly string[] =>
  cuts(service, url).flatMap(({ tokens }) => tokens.filter((_token, i) => i % 2 === 0))

/** Without each of the parameters, where others are left. */
export const withoutEach = (service: ServiceName, url: string): readonly Mutant[] =>
  cuts(service, url).flatMap(({ head, tokens, tail }) =>
    tokens.length < 2
      ? []
      : tokens.flatMap((piece, i) =>
          i % 2 === 1 ? [] : [{ piece, url: head + tokens.toSpliced(i === 0 ? 0 : i - 1, 2).join('') + tail }],
        ),
  )

/** With another value of each parameter. */
export const changedEach = (service: ServiceName, url: string): readonly Mutant[] =>
  cuts(service, url).flatMap(({ head, tokens, tail }) =>
    tokens.flatMap((piece, i) => (i % 2 === 1 ? [] : [{ piece, url: head + tokens.with(i, changed(piece)).join('') + tail }])),
  )

/** Its last number is another one; without a number it is another word. */
function changed(piece: string): string {
  const found = /^(.*?)(\d+)(\D*)$/s.exec(piece)
  if (!found) return piece.endsWith(')') ? `${piece.slice(0, -1)}q)` : `${piece}q`
  const [, head = '', digits = '', tail = ''] = found
  return head + String(Number(digits.slice(-9)) + 7).padStart(digits.length, digits) + tail
}

/** The parameters of the second URL behind those of the first. */
export function joined(service: ServiceName, first: string, second: string): string | null {
  // Options of thumbor have an order; its filters have none.
  const region = REGIONS[service][service === 'thumbor' ? 1 : 0]
  const [one, two] = [region && cutAt(region, first), region && cutAt(region, second)]
  if (!one || !two) return null
  const own = new Set(one.tokens.map(nameOf))
  const chains = service === 'cloudinary' || service === 'imagekit' || service === 'uploadcare'
  const others = chains
    ? two.tokens
    : two.tokens
        .filter((token, i) => i % 2 === 0 && !own.has(nameOf(token)))
        .flatMap((token, i) => (i === 0 ? [token] : [SEPARATORS[service] ?? ',', token]))
  return others.length === 0 ? null : one.head + [...one.tokens, SEPARATORS[service] ?? ',', ...others].join('') + one.tail
}

const SEPARATORS: Readonly<Partial<Record<ServiceName, string>>> = {
  cloudinary: '/',
  imagekit: ':',
  imgix: '&',
  imgproxy: '/',
  shopify: '&',
  thumbor: ':',
  uploadcare: '/-/',
}
const nameOf = (piece: string): string => /^[\w.-]*?(?=[=:_(]|$)/.exec(piece)?.[0] ?? piece
