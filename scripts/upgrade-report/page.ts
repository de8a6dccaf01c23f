import type { Difference, Picture } from './compare.ts'

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
const source = ({ mime, body }: Picture): string => `data:${mime};base64,${Buffer.from(body).toString('base64')}`

const side = (title: string, picture: Picture): string => {
  const shown = picture.status === 200 && picture.mime.startsWith('image/')
  const content = shown
    ? `<img alt="${escaped(title)}" src="${source(picture)}">`
    : `<pre>${escaped(Buffer.from(picture.body).toString('utf8').slice(0, 500))}</pre>`
  return `<figure>${content}<figcaption>${escaped(title)}: ${picture.status}, ${escaped(picture.mime)}, ${picture.body.length} bytes</figcaption></figure>`
}

/** One page that needs nothing else: what differs, the least similar first, old and new side by side. */
export function reportPage(from: string, differences: readonly Difference[], same: number): string {
  const rows = differences.map(
    ({ file, wish, before, after, similarity }) =>
      `<section><h2>${escaped(wish)}</h2><p>${escaped(file)}, ${similarity === null ? 'not comparable' : `SSIM ${similarity.toFixed(5)}`}</p><div>${side(from, before)}${side('now', after)}</div></section>`,
  )
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Upgrade from ${escaped(from)}</title>
<style>body{font:16px/1.4 system-ui;margin:2rem;color-scheme:light dark}section>div{display:grid;grid-template-columns:1fr 1fr;gap:1rem}figure{margin:0}img{max-width:100%}pre{white-space:pre-wrap}</style>
<h1>Upgrade from ${escaped(from)}</h1><p>${same} results are equal, byte by byte; ${differences.length} differ.</p>${rows.join('\n')}</html>\n`
}
