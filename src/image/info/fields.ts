/** Told by the file's header and the blocks around its pixels: no pixel is decoded. */
const HEADER_FIELDS = [
  'format',
  'mime',
  'bytes',
  'width',
  'height',
  'storedWidth',
  'storedHeight',
  'orientation',
  'frames',
  'durationMs',
  'loop',
  'hasAlpha',
  'bitDepth',
  'colorSpace',
  'profile',
  'exif',
  'gainMap',
  'c2pa',
  'result',
] as const

/** All of these come from one small picture. */
const PIXEL_FIELDS = ['dominantColor', 'palette', 'thumbHash', 'blurHash', 'perceptualHash', 'placeholder'] as const

/** Where the picture was taken: told only to those who ask for it by name, and may. */
const PLACE_FIELD = 'gps'

export type PixelField = (typeof PIXEL_FIELDS)[number]
export type InfoField = (typeof HEADER_FIELDS)[number] | PixelField | typeof PLACE_FIELD

/** In the order in which an answer has them. */
export const INFO_FIELDS: readonly InfoField[] = [...HEADER_FIELDS, ...PIXEL_FIELDS, PLACE_FIELD]

/** What is told when nothing is chosen: all but the place. */
export const DEFAULT_INFO: readonly InfoField[] = [...HEADER_FIELDS, ...PIXEL_FIELDS]

export const isInfoField = (name: string): name is InfoField => (INFO_FIELDS as readonly string[]).includes(name)

/** Chosen fields in the order of an answer, each once, so that equal wishes are equal. */
export const chosenFields = (names: readonly InfoField[]): readonly InfoField[] => INFO_FIELDS.filter((name) => names.includes(name))

export const isPixelField = (name: InfoField): name is PixelField => (PIXEL_FIELDS as readonly string[]).includes(name)

export const tellsPlace = (fields: readonly InfoField[]): boolean => fields.includes(PLACE_FIELD)

/** Sides of the small picture from which all pixel fields come; ThumbHash takes no larger one. */
export const THUMBNAIL_SIDE = 100
