import type { ImageWish } from '../../../client/src/urls/image-url.ts'
import type { LayerSource, Notice, Order, Parameters } from '../engine/order.ts'
import { accountOf, type Ingest, type Service } from './ingest.ts'
import { createLine, type Line, startWorker } from './line.ts'

/** What becomes of a picture. */
export interface PrepareWish {
  /** The parameters of image URLs: an object, or a query string. Nothing: the picture stays as it is. */
  readonly picture?: ImageWish | string | undefined
  /** Whether the place where it was taken is left out; yes when absent. */
  readonly stripLocation?: boolean | undefined
  /** What `loadIngest` has said: its preset stands in for `picture`, and its limits count. */
  readonly ingest?: Ingest | undefined
  /** Where the pictures lie that the wish draws. */
  readonly service?: Service | undefined
  readonly signal?: AbortSignal | undefined
}

/** A file as it is to be sent. */
export interface Prepared {
  readonly file: Blob
  /** Its name, with the extension of its format. */
  readonly name: string
  /** In pixels, upright; 0 of what is no picture. */
  readonly width: number
  readonly height: number
  /** Of the file that was chosen. */
  readonly sourceBytes: number
  /** Why it is not what was wished: `original`, or `browser_decoded`. */
  readonly notice: Notice | null
  /** What was wrong with the picture. */
  readonly warnings: readonly string[]
}

let shared: Line | undefined

/**
 * Makes of a picture what the service would make of it, byte for byte, in a worker: one picture after the other.
 * @throws UploadError for what is no picture, is damaged, or is over the limits; the signal's reason.
 */
export async function prepare(file: Blob, wish: PrepareWish = {}, line = (shared ??= createLine(startWorker))): Promise<Prepared> {
  const { body, mime, extension, width, height, notice, warnings } = await line.make(orderOf(file, wish), wish.signal)
  return {
    file: body ? new Blob([body], { type: mime }) : file,
    name: nameOf(file, extension),
    width,
    height,
    sourceBytes: file.size,
    notice,
    warnings,
  }
}

function orderOf(file: Blob, { picture, stripLocation, ingest, service }: PrepareWish): Order {
  const parameters = picture === undefined ? (ingest?.preset?.parameters ?? null) : parametersOf(picture)
  return {
    file,
    parameters,
    stripLocation: stripLocation ?? ingest?.stripLocation ?? true,
    limits: ingest?.limits ?? null,
    layers: service ? layersOf(service) : null,
  }
}

function parametersOf(picture: ImageWish | string): Parameters {
  if (typeof picture === 'string') return [...new URLSearchParams(picture)]
  const { layers = [], ...globals } = picture
  return [globals, ...layers].flatMap((part) =>
    Object.entries(part as Readonly<Record<string, string | number | boolean | undefined>>).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as const],
    ),
  )
}

const layersOf = (service: Service): LayerSource => ({ url: `${new URL(service.url).origin}/${accountOf(service)}/raw`, key: service.key })

function nameOf(file: Blob, extension: string | null): string {
  const name = 'name' in file && typeof file.name === 'string' ? file.name : ''
  if (extension === null) return name
  return `${name.replace(/\.[^./]*$/, '') || 'picture'}.${extension}`
}
