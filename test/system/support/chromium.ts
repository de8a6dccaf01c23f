import { chromium } from 'playwright-core'

/** A page of Debian's Chromium that shows pictures. */
export interface Canvas {
  /** RGBA as the page's canvas holds it. */
  show(file: Uint8Array, mime: string): Promise<Uint8Array>
  close(): Promise<void>
}

export async function openCanvas(): Promise<Canvas> {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--force-color-profile=srgb'] })
  const page = await browser.newPage()
  return {
    async show(file, mime) {
      const url = `data:${mime};base64,${Buffer.from(file).toString('base64')}`
      const base64 = await page.evaluate(async (source) => {
        // Runs in the page, whose globals the Worker's types do not know.
        const web = globalThis as unknown as {
          Image: new () => { src: string; width: number; height: number; decode(): Promise<void> }
          OffscreenCanvas: new (
            width: number,
            height: number,
          ) => {
            getContext(kind: '2d'): {
              drawImage(image: unknown, x: number, y: number): void
              getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray }
            }
          }
        }
        const image = new web.Image()
        image.src = source
        await image.decode()
        const canvas = new web.OffscreenCanvas(image.width, image.height).getContext('2d')
        canvas.drawImage(image, 0, 0)
        const { data } = canvas.getImageData(0, 0, image.width, image.height)
        let text = ''
        for (let i = 0; i < data.length; i += 10_000) text += String.fromCharCode(...data.subarray(i, i + 10_000))
        return btoa(text)
      }, url)
      return new Uint8Array(Buffer.from(base64, 'base64'))
    },
    close: () => browser.close(),
  }
}
