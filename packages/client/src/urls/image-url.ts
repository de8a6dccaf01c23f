import { encodePath } from '../http/paths.ts'
import type { DeliveryParameters, ImageLayer, PictureParameters, TextLayer } from './parameters.ts'

/** A text or a picture that is drawn onto the picture. */
export type Layer = TextLayer | ImageLayer

/** What a picture shall be: the parameters of image URLs by their names, and `layers` in their order. */
export interface ImageWish extends PictureParameters, DeliveryParameters {
  readonly layers?: readonly Layer[]
}

export interface ImageAddress {
  /** Of the service: `https://images.example.com`. */
  readonly url: string
  /** Seven characters. */
  readonly account: string
  /** In the place of `image`: a preset of the account. */
  readonly preset?: string | undefined
}

/**
 * The URL of a picture. Parameters stand in the order in which they are given, so equal wishes that are written alike are one URL for caches.
 * @param path of the file in the account, `/` first.
 */
export function imageUrl({ url, account, preset = 'image' }: ImageAddress, path: string, wish: ImageWish = {}): string {
  const { layers = [], ...globals } = wish
  const pairs = [globals, ...layers].flatMap((part) =>
    Object.entries(part as Readonly<Record<string, string | number | boolean | undefined>>),
  )
  const query = pairs
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeValue(String(value))}`)
    .join('&')
  return `${new URL(url).origin}/${account}/${encodeURIComponent(preset)}${encodePath(path)}${query === '' ? '' : `?${query}`}`
}

/** `:`, `,` and `/` mean nothing in a query and stay readable. */
const encodeValue = (value: string): string => encodeURIComponent(value).replace(/%(3A|2C|2F)/g, (code) => decodeURIComponent(code))

/** The URL of a file as it is stored. */
export const fileUrl = ({ url, account }: ImageAddress, path: string): string => `${new URL(url).origin}/${account}/raw${encodePath(path)}`
