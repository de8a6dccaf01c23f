import { bytesText, changeText } from './amounts.ts'
import { element } from './element.ts'
import { IMAGE_ACCEPT } from './image-url.ts'
import { readServerTiming } from './server-timing.ts'
import { clearTimings, showTimings } from './timings.ts'

export interface Measured {
  readonly bytes: number
  /** Of the picture as it is shown, in pixels; 0 when this browser cannot show it. */
  readonly width: number
  readonly height: number
  /** The subtype of its media type: `jpeg`. */
  readonly format: string
}

const NOTHING = '–'

const describe = ({ width, height, bytes, format }: Measured): string =>
  [width > 0 ? `${width} × ${height}` : '', bytesText(bytes), format.toUpperCase()].filter((part) => part !== '').join(' · ')

/** The original and the result with their figures. A newer request makes an older one void: the older one answers `null`. */
export function createPreview() {
  const [after, before, stage] = [element('result', HTMLImageElement), element('original', HTMLImageElement), element('stage', HTMLElement)]
  let source: Measured | null = null
  let latest = 0

  /** Removes the figures of the result: what is on show, if anything, is not what the form asks for. */
  function clearFigures(): void {
    for (const [id, text] of Object.entries({ after: NOTHING, change: '' })) element(id, HTMLElement).textContent = text
    clearTimings()
  }

  async function request(url: string): Promise<Loaded | null> {
    const turn = ++latest
    stage.dataset['state'] = 'working'
    try {
      const loaded = await load(url)
      return turn === latest ? loaded : null
    } catch (error) {
      if (turn !== latest) return null
      throw error
    }
  }

  return {
    clearFigures,

    /** Removes both pictures and all figures. */
    clear(): void {
      latest++
      source = null
      after.removeAttribute('src')
      before.removeAttribute('src')
      stage.dataset['state'] = 'empty'
      element('before', HTMLElement).textContent = NOTHING
      clearFigures()
    },

    /** Takes another file as the original. @throws Error with the server's words, TypeError when it cannot be reached. */
    async open(url: string): Promise<Measured | null> {
      const loaded = await request(url)
      if (!loaded) return null
      source = loaded.measured
      if (source.width > 0) before.src = url
      element('before', HTMLElement).textContent = describe(source)
      return source
    },

    /** Shows a result. @throws as `open`, and when this browser cannot show the format. */
    async show(url: string): Promise<Measured | null> {
      const loaded = await request(url)
      if (!loaded) return null
      const { measured, milliseconds, headers } = loaded
      if (measured.width === 0) throw new Error('This browser cannot show the format. The URL below works all the same.')
      after.src = url
      stage.dataset['state'] = 'shown'
      element('after', HTMLElement).textContent = describe(measured)
      element('change', HTMLElement).textContent = source ? changeText(source.bytes, measured.bytes) : ''
      showTimings(readServerTiming(headers.get('Server-Timing')), milliseconds, headers.get('Emulsion-Cache'))
      return measured
    },
  }
}

interface Loaded {
  readonly measured: Measured
  readonly headers: Headers
  /** Until the headers came. */
  readonly milliseconds: number
}

/** Asks the server itself, and leaves the answer in the browser's cache for the `img` that shows it. */
async function load(url: string): Promise<Loaded> {
  const started = performance.now()
  const response = await fetch(url, { cache: 'reload', headers: { Accept: IMAGE_ACCEPT } })
  const milliseconds = performance.now() - started
  if (!response.ok) throw new Error(await messageOf(response))
  const { size } = await response.blob()
  const { width, height } = await sizeOf(url)
  const format = /^image\/([\w.+-]+)/.exec(response.headers.get('Content-Type') ?? '')?.[1] ?? ''
  return { measured: { bytes: size, width, height, format }, headers: response.headers, milliseconds }
}

async function sizeOf(url: string): Promise<{ readonly width: number; readonly height: number }> {
  const image = new Image()
  image.src = url
  const isShown = await image.decode().then(
    () => true,
    () => false,
  )
  return isShown ? { width: image.naturalWidth, height: image.naturalHeight } : { width: 0, height: 0 }
}

/** The service's own words; all its errors are JSON. */
async function messageOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => null)) as { readonly error?: { readonly message?: string } } | null
  return body?.error?.message ?? `The server answered ${response.status}.`
}
