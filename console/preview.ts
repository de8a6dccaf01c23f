import { bytesText, changeText } from './amounts.ts'
import { element } from './element.ts'
import { readServerTiming, showTimings } from './timings.ts'

export interface Measured {
  readonly bytes: number
  readonly width: number
  readonly height: number
  readonly format: string
}

const describe = ({ width, height, bytes, format }: Measured): string => `${width} × ${height} · ${bytesText(bytes)} · ${format}`
const formatOf = (mime: string): string =>
  mime
    .replace(/^image\//, '')
    .replace(/;.*$/, '')
    .toUpperCase()

/** Shows results as they come; a newer wish makes an older one void. */
export function createPreview() {
  const [after, before, stage] = [element('result', HTMLImageElement), element('original', HTMLImageElement), element('stage', HTMLElement)]
  let source: Measured | null = null
  let latest = 0
  let shown = ''

  async function measure(response: Response, image: HTMLImageElement): Promise<Measured> {
    const blob = await response.blob()
    const url = URL.createObjectURL(blob)
    image.src = url
    await image.decode()
    return {
      bytes: blob.size,
      width: image.naturalWidth,
      height: image.naturalHeight,
      format: formatOf(response.headers.get('Content-Type') ?? ''),
    }
  }

  function fail(message: string): void {
    stage.dataset['state'] = 'failed'
    element('failure', HTMLElement).textContent = message
  }

  return {
    /** Takes another photograph as the one to compare with. */
    async open(rawUrl: string): Promise<void> {
      const response = await fetch(rawUrl)
      if (!response.ok) return fail(await messageOf(response))
      source = await measure(response, before)
      element('before', HTMLElement).textContent = describe(source)
    },

    async show(url: string): Promise<void> {
      const turn = ++latest
      stage.dataset['state'] = 'working'
      const started = performance.now()
      const response = await fetch(url, { cache: 'no-store' })
      if (turn !== latest) return
      if (!response.ok) return fail(await messageOf(response))
      const next = new Image()
      const result = await measure(response, next).catch(() => null)
      if (turn !== latest) return URL.revokeObjectURL(next.src)
      if (result === null) return fail('This browser cannot show the format. The URL below works all the same.')
      URL.revokeObjectURL(shown)
      shown = after.src = next.src
      stage.dataset['state'] = 'shown'
      element('after', HTMLElement).textContent = describe(result)
      element('change', HTMLElement).textContent = source ? changeText(source.bytes, result.bytes) : ''
      showTimings(
        readServerTiming(response.headers.get('Server-Timing')),
        performance.now() - started,
        response.headers.get('Emulsion-Cache'),
      )
    },
  }
}

/** The service's own words; every error of it is JSON. */
async function messageOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => null)) as { readonly error?: { readonly message?: string } } | null
  return body?.error?.message ?? `The server answered ${response.status}.`
}
