// Needs the packages of this folder and Debian's chromium: `npm run test:frameworks`.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Browser, chromium } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type RunningServer } from '../../e2e/support/server.ts'

const run = promisify(execFile)
const PATH = '/site/my photo.jpg'
/** Of the stored picture. */
const [WIDTH, HEIGHT] = [1500, 1000]
/** What Chromium sends with an `<img>`. */
const ACCEPT = 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8'

interface Page {
  readonly name: string
  readonly html: string
  /** Whether unpic tells the URL by its shape. */
  readonly detected?: boolean
}

let state: string
let server: RunningServer
let browser: Browser
let pages: readonly Page[]

async function renderedPages(): Promise<readonly Page[]> {
  const { stdout } = await run(process.execPath, ['render.mjs', server.origin, server.account, PATH], { cwd: import.meta.dirname })
  const site = join(state, 'site')
  await run(process.execPath, ['node_modules/astro/bin/astro.mjs', 'build', '--root', 'site', '--outDir', site], {
    cwd: import.meta.dirname,
    env: { ...process.env, ORIGIN: server.origin, PICTURE: PATH, ASTRO_TELEMETRY_DISABLED: '1' },
  })
  const html = readFileSync(join(site, 'index.html'), 'utf8').replace(/^<!DOCTYPE html>/i, '')
  return [...(JSON.parse(stdout) as Page[]), { name: 'Astro, an external image service', html }]
}

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'emulsion-'))
  server = await startServer(join(state, 'state'))
  const photo = sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#336699' } })
  const stored = await fetch(`${server.origin}/v2/accounts/${server.account}/uploads/binary?filePath=${encodeURIComponent(PATH)}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${server.secretKey}`, 'Content-Type': 'image/jpeg' },
    body: new Uint8Array(await photo.jpeg().toBuffer()),
  })
  expect(stored.status).toBe(200)
  pages = await renderedPages()
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser.close()
  await server.stop()
  rmSync(state, { recursive: true, force: true })
})

/** The URLs of `src` and `srcset`. */
function urlsOf(html: string): readonly string[] {
  const values = [...html.matchAll(/\b(src|srcset)="([^"]*)"/gi)].map(([, name, value = '']) => ({
    name,
    value: value.replaceAll('&amp;', '&'),
  }))
  const urls = values.flatMap(({ name, value }) =>
    name?.toLowerCase() === 'src' ? [value] : value.split(/,\s+/).map((candidate) => candidate.trim().split(/\s+/)[0] ?? ''),
  )
  return [...new Set(urls)]
}

interface Box {
  readonly width: number
  readonly height: number
}

/** The size that a URL asks for. */
function expectedOf(url: string): Box {
  const number = (pattern: RegExp, group = 1): number => Number(pattern.exec(url)?.[group] ?? Infinity)
  const size = /[/,&]s_(\d+)x(\d+)/
  const width = Math.min(number(size), number(/[?&,/]w(?:idth)?[=_](\d+)/))
  const height = Math.min(number(size, 2), number(/[?&,/]h(?:eight)?[=_](\d+)/))
  const scaled = (box: Box, scale: number): Box => ({ width: Math.round(box.width * scale), height: Math.round(box.height * scale) })
  // Cloudflare enlarges what covers a box; the others make the box smaller.
  if (url.includes('/cdn-cgi/')) return { width, height }
  if (size.test(url) || url.includes('fit=cover')) return scaled({ width, height }, Math.min(1, WIDTH / width, HEIGHT / height))
  return scaled({ width: WIDTH, height: HEIGHT }, Math.min(1, width / WIDTH, height / HEIGHT))
}

describe('what packages ask for', () => {
  it('is a picture of the wished width, and never larger than the stored one', async () => {
    for (const { name, html } of pages) {
      const urls = urlsOf(html)
      expect(urls.length, name).toBeGreaterThan(1)
      for (const url of urls) {
        const answer = await fetch(url, { headers: { Accept: ACCEPT } })
        const type = answer.headers.get('Content-Type') ?? ''
        expect([answer.status, type.split('/')[0]], `${name}: ${url}`).toEqual([200, 'image'])
        const shown = await sharp(new Uint8Array(await answer.arrayBuffer())).metadata()
        expect({ width: shown.width, height: shown.height }, `${name}: ${url}`).toEqual(expectedOf(url))
      }
    }
  })

  it('is told by unpic’s detection, at the root', () => {
    const told = pages.filter(({ detected }) => detected !== undefined)
    expect(told.map(({ name, detected }) => [name, detected])).toEqual(told.map(({ name }) => [name, true]))
    expect(told.length).toBe(5)
  })

  it.each([
    [400, 1],
    [1200, 2],
  ])('is shown by Chromium: a window of %i pixels, density %i', async (width, deviceScaleFactor) => {
    const page = await browser.newPage({ viewport: { width, height: 800 }, deviceScaleFactor })
    for (const { name, html } of pages) {
      await page.setContent(`<!doctype html><title>${name}</title>${html}`)
      const shown = await page.evaluate(async () => {
        const images = [...document.images]
        for (const image of images) image.loading = 'eager'
        await Promise.all(images.map((image) => image.decode().catch(() => undefined)))
        return images.map(({ naturalWidth, currentSrc }) => ({ naturalWidth, currentSrc }))
      })
      expect(shown.length, name).toBeGreaterThan(0)
      for (const { naturalWidth, currentSrc } of shown) {
        expect(naturalWidth, `${name}: ${currentSrc}`).toBeGreaterThan(0)
        expect(
          urlsOf(html).map((url) => new URL(url).href),
          name,
        ).toContain(currentSrc)
      }
    }
    await page.close()
  })
})
