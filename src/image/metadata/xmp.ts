// XMP (ISO 16684-1): whole packets, and packets of author and licence alone.
import { exifFields } from './exif-fields.ts'
import type { MetadataKind } from './exif.ts'

const MOST_BYTES = 60_000

/** The properties that tell who made a picture and who may use it. */
const RIGHTS = {
  'dc:creator': 'Seq',
  'dc:rights': 'Alt',
  'xmpRights:Marked': null,
  'xmpRights:WebStatement': null,
  'xmpRights:UsageTerms': 'Alt',
  'xmpRights:Owner': 'Bag',
  'photoshop:Credit': null,
  'cc:license': null,
} as const satisfies Record<string, 'Seq' | 'Alt' | 'Bag' | null>

const NAMESPACES =
  'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:cc="http://creativecommons.org/ns#"'

/** A packet that speaks of pictures or films behind its own, in words that are not taken out: they are not behind the result. */
const OTHERS_BEHIND = /hdrgm:[A-Z]|Container:Directory|GContainer/

/**
 * The XMP of a result, from that of its source: author and licence alone, or all but orientation, thumbnails and size. `null` when nothing is left, when
 * the packet is over 60,000 bytes, when it speaks of other pictures in the file as older cameras do, and when it shall tell no place and still might. A result with a gain map has that told anew.
 */
export function xmpOfResult(packet: Uint8Array, wish: MetadataKind): Uint8Array | null {
  if (packet.length === 0 || packet.length > MOST_BYTES) return null
  const text = new TextDecoder().decode(packet)
  const left = wish === 'copyright' ? rightsOf(text) : withoutSource(wish === 'keep' ? text : without(text, PLACES))
  // Text with zeros is UTF-16, which is not read here.
  const tellsPlace = wish === 'unlocated' && left !== null && (A_PLACE.test(left) || left.includes('\0'))
  const result = left !== null && (OTHERS_BEHIND.test(left) || tellsPlace) ? null : left
  const bytes = result === null ? null : new TextEncoder().encode(result)
  return bytes && bytes.length <= MOST_BYTES ? bytes : null
}

/** Properties by which a packet tells where the picture was taken: those of phones, and the words of agencies. */
const PLACES = [
  ...[
    'Latitude',
    'Longitude',
    'Altitude',
    'AltitudeRef',
    'TimeStamp',
    'MapDatum',
    'VersionID',
    'HPositioningError',
    'ProcessingMethod',
  ].map((name) => `exif:GPS${name}`),
  ...['Speed', 'SpeedRef', 'ImgDirection', 'ImgDirectionRef', 'DestBearing', 'DestBearingRef', 'Status', 'MeasureMode', 'DOP'].map(
    (name) => `exif:GPS${name}`,
  ),
  ...['City', 'State', 'Country'].map((name) => `photoshop:${name}`),
  'Iptc4xmpCore:Location',
  'Iptc4xmpCore:CountryCode',
  'Iptc4xmpExt:LocationShown',
  'Iptc4xmpExt:LocationCreated',
]

/** Words of a place under any prefix, which a packet may choose. */
const A_PLACE = /GPS|latitude|longitude|:(?:Location|City|State|Country)/i

/** Properties that are true of the source alone. */
const OF_THE_SOURCE = [
  'tiff:Orientation',
  'tiff:ImageWidth',
  'tiff:ImageLength',
  'exif:PixelXDimension',
  'exif:PixelYDimension',
  'exif:ColorSpace',
  'xmp:Thumbnails',
  'photoshop:ICCProfile',
  'hdrgm:Version',
  'Container:Directory',
  ...['MotionPhoto', 'MotionPhotoVersion', 'MotionPhotoPresentationTimestampUs', 'MicroVideo', 'MicroVideoOffset'].map(
    (name) => `GCamera:${name}`,
  ),
]

const withoutSource = (text: string): string => without(text, OF_THE_SOURCE)

function without(text: string, names: readonly string[]): string {
  return names.reduce((left, name) => {
    const attribute = new RegExp(`\\s${name}\\s*=\\s*(?:"[^"]*"|'[^']*')`, 'g')
    let [kept, at] = ['', 0]
    for (const { from, to } of elementsOf(left, name)) {
      kept += left.slice(at, from)
      at = to
    }
    return (kept + left.slice(at)).replace(attribute, '')
  }, text)
}

interface Element {
  readonly from: number
  readonly to: number
  readonly attributes: string
  readonly inner: string
}

/** The elements of a name, which do not lie in each other, until one has no end. Takes linear time, whatever the text is. */
export function* elementsOf(text: string, name: string): Generator<Element> {
  for (let from = text.indexOf(`<${name}`); from >= 0; from = text.indexOf(`<${name}`, from + 1)) {
    const behindName = from + 1 + name.length
    if (!/[\s/>]/.test(text[behindName] ?? '')) continue
    const end = text.indexOf('>', behindName)
    if (end < 0) return
    const isEmpty = text[end - 1] === '/'
    const close = isEmpty ? end : text.indexOf(`</${name}`, end)
    const to = isEmpty ? end : text.indexOf('>', close)
    if (close < 0 || to < 0) return
    yield { from, to: to + 1, attributes: text.slice(behindName, end), inner: isEmpty ? '' : text.slice(end + 1, close) }
    from = to
  }
}

function rightsOf(text: string): string | null {
  const found = Object.entries(RIGHTS).flatMap(([name, container]) => {
    const values = valuesOf(text, name)
    return values.length > 0 ? [propertyOf(name, container, values)] : []
  })
  if (found.length === 0) return null
  return packetOf(`<rdf:Description rdf:about="">${found.join('')}</rdf:Description>`)
}

/** Texts of a property, still escaped: an attribute, an element's text, the items of its list, or the address that it names. */
export function valuesOf(text: string, name: string): readonly string[] {
  const attribute = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`).exec(text)
  if (attribute) return [attribute[1] ?? attribute[2] ?? '']
  const [element] = elementsOf(text, name)
  if (!element) return []
  const resource = /rdf:resource\s*=\s*"([^"<]*)"/.exec(element.attributes)
  if (resource) return [resource[1] ?? '']
  const items = [...elementsOf(element.inner, 'rdf:li')].map(({ inner }) => inner)
  return (items.length > 0 ? items : [element.inner.trim()]).filter((value) => /^[^<]+$/.test(value))
}

/** A packet that tells the artist and the copyright of EXIF too, where it does not tell them itself; `null` when there is nothing to tell. */
export function xmpWithRights(packet: Uint8Array | null, exif: Uint8Array): Uint8Array | null {
  const text = packet ? new TextDecoder().decode(packet) : packetOf('')
  const fields = exifFields(exif, { place: false })
  const told = [
    ['dc:creator', 'Seq', fields.get('Artist')],
    ['dc:rights', 'Alt', fields.get('Copyright')],
  ] as const
  const missing = told.flatMap(([name, container, value]) =>
    typeof value === 'string' && valuesOf(text, name).length === 0 ? [propertyOf(name, container, [escaped(value)])] : [],
  )
  const at = text.lastIndexOf('</rdf:RDF>')
  if (missing.length === 0 || at < 0) return packet
  const more = `<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">${missing.join('')}</rdf:Description>`
  return new TextEncoder().encode(text.slice(0, at) + more + text.slice(at))
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const packetOf = (descriptions: string): string =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF ${NAMESPACES}>${descriptions}</rdf:RDF></x:xmpmeta>`

function propertyOf(name: string, container: 'Seq' | 'Alt' | 'Bag' | null, values: readonly string[]): string {
  if (container === null) return `<${name}>${values[0] ?? ''}</${name}>`
  const language = container === 'Alt' ? ' xml:lang="x-default"' : ''
  const kept = container === 'Alt' ? values.slice(0, 1) : values
  return `<${name}><rdf:${container}>${kept.map((value) => `<rdf:li${language}>${value}</rdf:li>`).join('')}</rdf:${container}></${name}>`
}
