import type { Shape } from '../../raster.ts'
import { shapeOf } from './header.ts'
import { type EmbeddedImage, readEmbedded } from './images.ts'
import { damagedSvg } from './limits.ts'
import { applyStyles } from './style.ts'
import { textOfSvg } from './text.ts'
import { readXml, type SvgElement } from './xml.ts'

/** A document that has been read: what is in here is what is weighed and drawn. */
export interface SvgDocument {
  readonly root: SvgElement
  /** The first element of each name. */
  readonly byId: ReadonlyMap<string, SvgElement>
  readonly images: ReadonlyMap<SvgElement, EmbeddedImage>
  /** In pixels. */
  readonly shape: Shape
  /** Of text, behind entities. */
  readonly characters: number
  readonly elements: number
  readonly hasFilters: boolean
  /** What is left out. */
  readonly warnings: readonly string[]
}

export const hrefOf = ({ attributes }: SvgElement): string | undefined => attributes.get('href') ?? attributes.get('xlink:href')

/** Reads a file, compressed or not. @throws AppError `invalid_image`; `too_many_pixels` when a limit of ./limits.ts is passed. */
export function readSvg(file: Uint8Array): SvgDocument {
  const text = textOfSvg(file)
  const root = readXml(text)
  const shape = shapeOf(root)
  applyStyles(root)
  const byId = new Map<string, SvgElement>()
  const images = new Map<SvgElement, EmbeddedImage>()
  const warnings = new Set<string>()
  let [hasFilters, elements] = [false, 0]
  const visit = (element: SvgElement): void => {
    const { name, attributes, children } = element
    const id = attributes.get('id')
    hasFilters ||= attributes.has('filter')
    elements++
    if ((attributes.get('transform')?.length ?? 0) > MOST_OF_TRANSFORM) throw damagedSvg('a transform is too long')
    if (id !== undefined && !byId.has(id)) byId.set(id, element)
    const href = hrefOf(element)
    if ((name === 'image' || name === 'feImage') && href !== undefined && !href.trim().startsWith('#')) {
      const image = readEmbedded(href)
      attributes.delete('href')
      attributes.delete('xlink:href')
      if (image) {
        images.set(element, image)
        attributes.set('xlink:href', image.href)
      } else warnings.add(href.trim().startsWith('data:') ? OTHER_FORMAT : ELSEWHERE)
    }
    for (const child of children) if (typeof child !== 'string') visit(child)
  }
  visit(root)
  return { root, byId, images, shape, characters: text.length, elements, hasFilters, warnings: [...warnings] }
}

/** Characters of a transform. */
const MOST_OF_TRANSFORM = 20_000

const ELSEWHERE = 'SVG: a picture that is stored elsewhere is left out.'
const OTHER_FORMAT = 'SVG: a picture that is neither PNG, JPEG nor GIF is left out.'
