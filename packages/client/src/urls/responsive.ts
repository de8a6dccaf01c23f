import { type ImageAddress, imageUrl, type ImageWish } from './image-url.ts'

/** From phones to large displays. */
export const WIDTHS: readonly number[] = [320, 480, 640, 800, 1024, 1280, 1600, 2048, 2560]
const DENSITIES: readonly number[] = [1, 2, 3]

/** `srcset` by widths, for an `<img>` with `sizes`. A height in the wish is of `w`, and grows with it. */
export function srcset(address: ImageAddress, path: string, { w, h, ...wish }: ImageWish, widths: readonly number[] = WIDTHS): string {
  const height = (width: number): { readonly h?: number } => (w !== undefined && h !== undefined ? { h: Math.round((h * width) / w) } : {})
  return widths.map((width) => `${imageUrl(address, path, { w: width, ...height(width), ...wish })} ${width}w`).join(', ')
}

/** `srcset` by densities, for an `<img>` of one width in CSS pixels: `dpr` multiplies all lengths. */
export const densitySrcset = (address: ImageAddress, path: string, wish: ImageWish, densities: readonly number[] = DENSITIES): string =>
  densities.map((dpr) => `${imageUrl(address, path, { ...wish, dpr })} ${dpr}x`).join(', ')

type Format = NonNullable<ImageWish['f']>

const MIME: Readonly<Partial<Record<Format, string>>> = {
  avif: 'image/avif',
  jxl: 'image/jxl',
  webp: 'image/webp',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
}

export interface PictureOptions {
  /** Text for those who do not see it. */
  readonly alt: string
  /** Best first; the last is what every browser shows. */
  readonly formats?: readonly Format[]
  readonly widths?: readonly number[]
  /** How wide it is shown. */
  readonly sizes?: string
  readonly loading?: 'lazy' | 'eager'
  /** In CSS pixels, so that nothing moves when the picture comes. */
  readonly width?: number
  readonly height?: number
}

/** The HTML of a `<picture>`: one source a format, by widths. All values are escaped. */
export function picture(address: ImageAddress, path: string, wish: ImageWish, options: PictureOptions): string {
  const { alt, formats = ['avif', 'webp', 'jpeg'], widths = WIDTHS, sizes = '100vw', loading = 'lazy', width, height } = options
  const usual = formats.at(-1) ?? 'jpeg'
  const sources = formats
    .slice(0, -1)
    .map((f) => `<source${attributes({ type: MIME[f], srcset: srcset(address, path, { ...wish, f }, widths), sizes })}>`)
  const shown = { ...wish, f: usual }
  const middle = widths[Math.floor(widths.length / 2)] ?? 800
  const img = {
    src: imageUrl(address, path, { ...shown, w: wish.w ?? middle }),
    srcset: srcset(address, path, shown, widths),
    sizes,
    alt,
    loading,
    width,
    height,
  }
  return `<picture>${sources.join('')}<img${attributes(img)}></picture>`
}

const attributes = (values: Readonly<Record<string, string | number | undefined>>): string =>
  Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${String(value).replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`)}"`)
    .join('')
