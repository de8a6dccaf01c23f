// The XMP of a picture with a gain map: Ultra HDR image format v1.1 (developer.android.com/media/platform/hdr-image-format).
import { elementsOf, valuesOf } from '../xmp.ts'

const EMPTY = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF></x:xmpmeta>'
const NAMESPACES =
  'xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" xmlns:Container="http://ns.google.com/photos/1.0/container/" xmlns:Item="http://ns.google.com/photos/1.0/container/item/"'
const END = '</rdf:RDF>'

/** A media file of the container; the first is the picture itself. */
interface Item {
  readonly semantic: string
  /** Bytes; 0 where the directory does not say. */
  readonly length: number
  /** Bytes behind the item, before the next one. */
  readonly padding: number
}

/** The version of the gain map's format that the packet of a primary picture tells, as it is written; `null` without one. */
export const versionOf = (text: string): string | null => valuesOf(text, 'hdrgm:Version')[0] ?? null

/** The items of the packet's container directory, in order. */
function itemsOf(text: string): readonly Item[] {
  const [directory] = elementsOf(text, 'Container:Directory')
  return [...elementsOf(directory?.inner ?? '', 'rdf:li')].map(({ attributes, inner }) => {
    const value = (name: string): string | undefined => valuesOf(` ${attributes} ${inner}`, `Item:${name}`)[0]
    return { semantic: value('Semantic') ?? '', length: bytesOf(value('Length')), padding: bytesOf(value('Padding')) }
  })
}

const bytesOf = (text: string | undefined): number => (text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : 0)

/** Where the directory says that the gain map lies: so many bytes behind the end of the primary picture, and before that of the file. `null`: it does not. */
export function placeInDirectory(text: string): { readonly behind: number; readonly beforeEnd: number } | null {
  const items = itemsOf(text)
  const at = items.findIndex(({ semantic }) => semantic === 'GainMap')
  if (at < 1 || !items[at]?.length) return null
  const sum = (some: readonly Item[]): number => some.reduce((bytes, { length, padding }) => bytes + length + padding, 0)
  return { behind: (items[0]?.padding ?? 0) + sum(items.slice(1, at)), beforeEnd: sum(items.slice(at)) }
}

/** A packet that says that a gain map of so many bytes follows its picture. `packet`: what else it says, if anything. `version` is escaped as in the source. */
export function withDirectory(packet: Uint8Array | null, version: string, mapBytes: number): Uint8Array {
  const said = packet ? new TextDecoder().decode(packet) : EMPTY
  const text = said.includes(END) ? said : EMPTY
  const at = text.lastIndexOf(END)
  const item = (attributes: string): string => `<rdf:li rdf:parseType="Resource"><Container:Item ${attributes}/></rdf:li>`
  const primary = item('Item:Semantic="Primary" Item:Mime="image/jpeg"')
  const map = item(`Item:Semantic="GainMap" Item:Mime="image/jpeg" Item:Length="${mapBytes}"`)
  const directory = `<Container:Directory><rdf:Seq>${primary}${map}</rdf:Seq></Container:Directory>`
  const description = `<rdf:Description rdf:about="" ${NAMESPACES} hdrgm:Version="${version.replaceAll('"', '&quot;')}">${directory}</rdf:Description>`
  return new TextEncoder().encode(text.slice(0, at) + description + text.slice(at))
}
