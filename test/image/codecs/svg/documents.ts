/** A document around some content. */
export const svgOf = (content: string, attributes = 'width="80" height="60"'): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${attributes}>${content}</svg>`

export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text))

/** Of a size in units of its own, with what drawings have: shapes, a gradient, a pattern, a mask, a filter, styles, text. */
export const drawing = (width: number): string =>
  svgOf(
    `<style>.b{fill:#26a;opacity:.8} #c > circle{stroke:#fff;stroke-width:2}</style>
    <defs>
      <linearGradient id="g"><stop offset="0" stop-color="#fc0"/><stop offset="1" stop-color="#c04"/></linearGradient>
      <pattern id="p" width="8" height="8" patternUnits="userSpaceOnUse"><path d="M0 0H4V4H0Z"/></pattern>
      <mask id="m"><rect width="60" height="60" fill="#fff"/></mask>
      <filter id="f"><feGaussianBlur stdDeviation="1"/></filter>
    </defs>
    <rect width="80" height="60" fill="url(#g)"/>
    <path class="b" d="M10 50 L40 8 70 50 Z M20 20 q5 -10 10 0 t10 0 a4 4 0 01 8 0"/>
    <g id="c" mask="url(#m)"><circle cx="60" cy="20" r="12" fill="url(#p)"/></g>
    <use xlink:href="#c" x="-30" filter="url(#f)"/>
    <text x="4" y="56" font-family="Arial" font-size="10">Ink &amp; 10</text>`,
    `width="${width}" height="${Math.round((width * 3) / 4)}" viewBox="0 0 80 60"`,
  )

/** The same, with many small shapes. */
export const manyShapes = (width: number): string => {
  const shape = (i: number): string => `<path d="M${(i * 37) % 80} ${(i * 53) % 60}q3 -4 6 0t4 3z" fill="#${((i * 7919) % 900) + 100}"/>`
  return drawing(width).replace('</svg>', `${Array.from({ length: 1500 }, (_, i) => shape(i)).join('')}</svg>`)
}
