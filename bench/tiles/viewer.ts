import { execFileSync } from 'node:child_process'
import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { chromium, type Page } from 'playwright-core'
import sharp from 'sharp'
import { freePort, startServer } from '../../test/e2e/support/server.ts'

const VERSION = '6.1.1'
const VIEW = { width: 1200, height: 800 }

/** What a page has seen of its tiles. */
interface Seen {
  readonly loaded: number
  readonly failed: number
  /** The mean colour of 40 by 40 pixels in the middle of the view, and which point of the picture that is. */
  readonly middle: readonly number[]
  readonly at: readonly [x: number, y: number]
}

/**
 * Shows a photograph by `npm start` in OpenSeadragon in Debian's Chromium: the whole of it, then its middle at full size. Says how many tiles came, how long that took and what the service did,
 * and compares the colour in the middle of the view with the file's.
 * @throws Error when a tile fails, or the colour is another one.
 */
export async function view(photo: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'emulsion-tiles-'))
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, `openseadragon@${VERSION}`], { stdio: 'ignore' })
  const script = await readFile(join(folder, 'node_modules/openseadragon/build/openseadragon/openseadragon.min.js'))
  const server = await startServer(join(folder, 'state'))
  const site = createServer((request, response) => {
    if (request.url === '/viewer.js') response.setHeader('Content-Type', 'text/javascript').end(script)
    else
      response
        .setHeader('Content-Type', 'text/html')
        .end('<!doctype html><div id="v" style="height:800px"></div><script src="/viewer.js"></script>')
  })
  const port = await freePort()
  await new Promise<void>((done) => site.listen(port, '127.0.0.1', done))
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  try {
    await upload(server, photo)
    for (const version of ['3', '2']) {
      const page = await browser.newPage({ viewport: VIEW })
      const asked: { readonly url: string; readonly timing: string }[] = []
      page.on('response', (response) => {
        if (response.url().includes('/iiif/')) asked.push({ url: response.url(), timing: response.headers()['server-timing'] ?? '' })
      })
      await page.goto(`http://127.0.0.1:${port}`)
      for (const zoom of [false, true]) {
        asked.length = 0
        const started = performance.now()
        const { loaded, failed, middle, at } = await shown(
          page,
          `${server.origin}/${server.account}/iiif/${version}/deep%2Fphoto.jpg/info.json`,
          zoom,
        )
        const seconds = (performance.now() - started) / 1000
        const parts = asked.filter(({ timing }) => timing.includes('part;')).length
        console.log(
          `IIIF ${version}, ${zoom ? 'the middle at full size' : 'the whole picture'}: ${loaded} tiles, ${failed} failed, ${parts} of parts of the file, ${seconds.toFixed(1)} s`,
        )
        if (failed > 0 || loaded === 0) throw new Error(`Expected tiles, received ${asked.map(({ url }) => url).join('\n')}`)
        if (zoom) compareColours(middle, await colourAt(photo, at))
      }
      await page.close()
    }
  } finally {
    await browser.close()
    site.close()
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function upload(
  server: { readonly origin: string; readonly account: string; readonly secretKey: string },
  photo: string,
): Promise<void> {
  const { size } = await stat(photo)
  const answer = await fetch(`${server.origin}/v2/accounts/${server.account}/uploads/binary?filePath=/deep/photo.jpg`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${server.secretKey}`, 'Content-Type': 'image/jpeg', 'Content-Length': String(size) },
    body: Readable.toWeb(createReadStream(photo)) as unknown as BodyInit,
    duplex: 'half',
  } as RequestInit)
  if (!answer.ok) throw new Error(await answer.text())
}

/** Opens the picture, or with `zoom` goes to its middle at full size, and waits until everything is drawn. */
const shown = (page: Page, info: string, zoom: boolean): Promise<Seen> =>
  page.evaluate(
    async ([url, isZoom]) => {
      interface Viewer {
        readonly viewport: {
          zoomTo(zoom: number, where: null, now: boolean): void
          imageToViewportZoom(zoom: number): number
          getCenter(current: boolean): object
          viewportToImageCoordinates(point: object): { readonly x: number; readonly y: number }
          applyConstraints(now: boolean): void
        }
        readonly world: { getItemAt(i: number): { getFullyLoaded(): boolean } | undefined }
        addHandler(name: string, handler: () => void): void
      }
      interface Canvas {
        readonly width: number
        readonly height: number
        getContext(name: '2d'): { getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray } }
      }
      const page = globalThis as unknown as {
        document: { querySelector(text: string): Canvas }
        OpenSeadragon(options: object): Viewer
        viewer?: Viewer
        seen: { loaded: number; failed: number }
      }
      page.seen = { loaded: 0, failed: 0 }
      if (!page.viewer) {
        const viewer = page.OpenSeadragon({
          id: 'v',
          tileSources: [url],
          crossOriginPolicy: 'Anonymous',
          drawer: 'canvas',
          immediateRender: true,
          showNavigationControl: false,
        })
        page.viewer = viewer
        viewer.addHandler('tile-loaded', () => void page.seen.loaded++)
        viewer.addHandler('tile-load-failed', () => void page.seen.failed++)
        viewer.addHandler('open-failed', () => void page.seen.failed++)
      }
      const { viewer } = page
      if (isZoom) viewer.viewport.zoomTo(viewer.viewport.imageToViewportZoom(1), null, true)
      for (let tries = 0; tries < 600; tries++) {
        await new Promise((done) => setTimeout(done, 100))
        if (page.seen.failed > 0 || (tries > 2 && viewer.world.getItemAt(0)?.getFullyLoaded())) break
      }
      // It is drawn in the frames that follow.
      await new Promise((done) => setTimeout(done, 1000))
      const canvas = page.document.querySelector('#v canvas')
      const [x, y] = [canvas.width >> 1, canvas.height >> 1]
      const { data } = canvas.getContext('2d').getImageData(x - 20, y - 20, 40, 40)
      const mean = [0, 1, 2].map((channel) => data.filter((_, i) => i % 4 === channel).reduce((sum, value) => sum + value, 0) / 1600)
      const centre = viewer.viewport.viewportToImageCoordinates(viewer.viewport.getCenter(true))
      return { ...page.seen, middle: mean, at: [centre.x, centre.y] as const }
    },
    [info, zoom] as const,
  )

/** The mean colour of 40 by 40 pixels around a point of the file. */
async function colourAt(photo: string, [x, y]: readonly [number, number]): Promise<readonly number[]> {
  const region = { left: Math.round(x) - 20, top: Math.round(y) - 20, width: 40, height: 40 }
  return (await sharp(await sharp(photo).extract(region).png().toBuffer()).stats()).channels.map(({ mean }) => mean)
}

function compareColours(found: readonly number[], expected: readonly number[]): void {
  const texts = [found, expected].map((colour) => colour.map((value) => value.toFixed(0)).join(','))
  console.log(`The colour in the middle: ${texts[0]}; of the file: ${texts[1]}`)
  if (expected.some((value, i) => Math.abs(value - (found[i] ?? -99)) > 6))
    throw new Error(`Expected the colour ${texts[1]}, received ${texts[0]}.`)
}
