import { deflateSync, gzipSync } from 'node:zlib'
import { crc32 } from 'node:zlib'
import { bytesOf, svgOf } from './documents.ts'

/** How a document ends: the limit that it passes, another refusal, or a picture. */
export interface Hostile {
  readonly name: string
  readonly file: () => Uint8Array
  readonly ends: RegExp | 'drawn'
}

const SIZE = 'width="800" height="800"'
const full = '<rect width="800" height="800" fill="#0a0"/>'
const filtered = (primitives: string, attributes = ''): string =>
  `<filter id="f" ${attributes}>${primitives}</filter><g filter="url(#f)">${full}</g>`
const nested = (open: string, content: string, close: string, depth: number): string => open.repeat(depth) + content + close.repeat(depth)
const chain = (levels: number, per: number, of: (id: string, next: string) => string): string =>
  Array.from({ length: levels }, (_, i) => of(`a${i}`, `<use href="#a${i + 1}"/>`.repeat(per))).join('') +
  `<rect id="a${levels}" width="8" height="8"/>`

/** The header of a PNG of any size, with so many zeros as pixels. */
function png(width: number, height: number, zeros = 100): string {
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data])
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    check.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, check])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])
  const file = Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(zeros))),
    chunk('IEND', Buffer.alloc(0)),
  ])
  return `data:image/png;base64,${file.toString('base64')}`
}

/** Numbers that look like chance, between 0 and 800. */
function* numbers(): Generator<number> {
  for (let seed = 1; ; seed = (seed * 16_807) % 2_147_483_647) yield (seed % 8000) / 10
}
function zigzag(points: number): string {
  const next = numbers()
  return `M0 0${Array.from({ length: points }, () => `L${next.next().value} ${next.next().value}`).join('')}`
}

const WORK = /units of drawing work/
const BYTES = /bytes at 800×800/
const DRAWN = /drawn elements/
const NESTING = /elements inside each other/
const IMAGES = /pixels in embedded pictures/

const documents: readonly (readonly [name: string, content: string | (() => string), ends: RegExp | 'drawn'])[] = [
  ['100 blurs', () => filtered('<feGaussianBlur stdDeviation="20"/>'.repeat(100)), WORK],
  ['noise of 10,000 octaves', filtered('<feTurbulence baseFrequency=".05" numOctaves="10000"/>'), WORK],
  ['noise of 1e30 octaves', filtered('<feTurbulence baseFrequency=".05" numOctaves="1e30"/>'), WORK],
  ['morphology of radius 50', filtered('<feMorphology operator="dilate" radius="50"/>'), WORK],
  ['morphology of a radius by the box', filtered('<feMorphology radius=".1"/>', 'primitiveUnits="objectBoundingBox"'), WORK],
  [
    'morphology that a transform enlarges',
    `<filter id="f"><feMorphology radius="1"/></filter><g transform="scale(40)" filter="url(#f)"><rect width="20" height="20"/></g>`,
    WORK,
  ],
  ['convolution of order 100', () => filtered(`<feConvolveMatrix order="100" kernelMatrix="${'1 '.repeat(10_000)}"/>`), WORK],
  ['300 cheap primitives', () => filtered('<feOffset dx="1"/>'.repeat(300)), WORK],
  ['300 lights', () => filtered('<feDiffuseLighting><fePointLight z="9"/></feDiffuseLighting>'.repeat(300)), WORK],
  [
    'a filter of a million pixels a side',
    filtered('<feOffset/>', 'filterUnits="userSpaceOnUse" x="-500000" y="-500000" width="1000000" height="1000000"'),
    BYTES,
  ],
  ['a filter of 10 times the box', filtered('<feOffset/>', 'x="-5" y="-5" width="10" height="10"'), BYTES],
  ['100 filters inside each other', () => `<filter id="f"><feOffset/></filter>${nested('<g filter="url(#f)">', full, '</g>', 100)}`, WORK],
  ['20 filters as functions', `<g filter="${'blur(20px) '.repeat(20)}">${full}</g>`, WORK],
  [
    'a filter by a style sheet on 1,000 elements',
    () => `<style>rect{filter:url(#f)}</style><filter id="f"><feGaussianBlur stdDeviation="9"/></filter>${full.repeat(1000)}`,
    WORK,
  ],
  ['900 opacities inside each other', () => nested('<g opacity=".5">', full, '</g>', 900), NESTING],
  ['150 opacities inside each other', () => nested('<g opacity=".9">', full, '</g>', 150), /units of drawing work|bytes at/],
  ['20 opacities inside each other', () => nested('<g opacity=".9">', full, '</g>', 20), BYTES],
  ['1,000 opacities', () => `<g opacity=".5">${full}</g>`.repeat(1000), WORK],
  ['1,000 opacities by a style', () => `<g style="opacity:.5">${full}</g>`.repeat(1000), WORK],
  ['1,000 blends', () => `<g style="mix-blend-mode:multiply">${full}</g>`.repeat(1000), WORK],
  ['500 masks', () => `<mask id="m">${full}</mask>${`<g mask="url(#m)">${full}</g>`.repeat(500)}`, WORK],
  [
    'a mask of masks',
    () =>
      Array.from({ length: 60 }, (_, i) => `<mask id="m${i}" mask="url(#m${i + 1})"><g mask="url(#m${i + 1})">${full}</g></mask>`).join(
        '',
      ) + `<g mask="url(#m0)">${full}</g>`,
    /units of drawing work|bytes at/,
  ],
  [
    '500 cuts',
    () => `<clipPath id="c"><circle cx="400" cy="400" r="400"/></clipPath>${`<g clip-path="url(#c)">${full}</g>`.repeat(500)}`,
    WORK,
  ],
  [
    'cuts in cuts',
    () =>
      Array.from(
        { length: 40 },
        (_, i) =>
          `<clipPath id="m${i}" clip-path="url(#m${i + 1})"><rect clip-path="url(#m${i + 1})" width="800" height="800"/></clipPath>`,
      ).join('') + `<g clip-path="url(#m0)">${full}</g>`,
    /units of drawing work|bytes at/,
  ],
  ['500,000 segments', () => `<path d="${zigzag(200_000)}"/>`, WORK],
  ['a million short segments', () => `<path d="M0 0${'h1v1'.repeat(500_000)}"/>`, /segments of paths/],
  ['20 paths of 100,000 segments', () => `<path fill="none" stroke="red" d="M0 0${'h1'.repeat(90_000)}"/>`.repeat(20), /segments of paths/],
  [
    'a comb of 5,000 teeth',
    () => `<path d="M0 0${Array.from({ length: 5000 }, (_, i) => `L${i * 0.16} ${i % 2 ? 800 : 0}`).join('')}"/>`,
    WORK,
  ],
  [
    'a low band of 40,000 crossing lines',
    () => `<path d="M9 900000000${Array.from({ length: 40_000 }, (_, i) => `L${(i * 7919) % 800} ${i % 2 ? 400 : 403}`).join('')}"/>`,
    WORK,
  ],
  ['9,000 parts of a text', () => `<text font-size="3">${'<tspan>a</tspan>'.repeat(9000)}</text>`, WORK],
  ['9,000 letters at places of their own', () => `<text font-size="3" x="${'1 '.repeat(15_000)}">${'a'.repeat(15_000)}</text>`, WORK],
  [
    '9,000 references among 18,000 elements',
    () => Array.from({ length: 9000 }, (_, i) => `<rect id="r${i}" width="1" height="1"/><use href="#r${i}"/>`).join(''),
    WORK,
  ],
  ['a transform of 100,000 functions', () => `<g transform="${'rotate(1) '.repeat(100_000)}">${full}</g>`, /transform is too long/],
  ['20,000 long segments with an outline', () => `<path d="${zigzag(20_000)}" stroke="red"/>`, WORK],
  ['1,000 zigzags', () => `<path id="p" d="${zigzag(300)}"/>${'<use href="#p"/>'.repeat(999)}`, WORK],
  ['dashes of a thousandth', '<path d="M0 0H800V800H0Z" stroke="red" stroke-dasharray=".0001"/>', /units of drawing work|bytes at/],
  ['dashes of nearly nothing', '<path d="M0 0H800" stroke="red" stroke-dasharray="1e-30"/>', WORK],
  ['dashes of nothing', '<path d="M0 0H800" stroke="red" stroke-dasharray="0 0"/>', 'drawn'],
  ['a line of 100 million pixels in dashes', '<path d="M0 0H100000000" stroke="red" stroke-dasharray="1"/>', WORK],
  [
    'markers at 100,000 corners',
    () =>
      `<marker id="k" markerWidth="50" markerHeight="50">${full}</marker><path marker-mid="url(#k)" fill="none" d="M0 0${'h1v1h-1'.repeat(30_000)}"/>`,
    /units of drawing work|drawn elements/,
  ],
  [
    'markers with markers',
    () =>
      `<marker id="k"><path id="q" marker-mid="url(#l)" d="M0 0${'h1'.repeat(900)}"/></marker><marker id="l"><path marker-mid="url(#n)" d="M0 0${'h1'.repeat(900)}"/></marker><marker id="n">${full}</marker><path marker-mid="url(#k)" d="M0 0${'h1'.repeat(900)}"/>`,
    /segments of paths/,
  ],
  [
    'a pattern of a huge tile',
    `<pattern id="p" width="9000" height="9000" patternUnits="userSpaceOnUse">${full}</pattern><rect width="800" height="800" fill="url(#p)"/>`,
    /units of drawing work|bytes at/,
  ],
  [
    '500 patterns',
    () =>
      `<pattern id="p" width="8" height="8" patternUnits="userSpaceOnUse"><path d="M0 0h4v4z"/></pattern>${'<rect width="800" height="800" fill="url(#p)"/>'.repeat(500)}`,
    WORK,
  ],
  [
    'patterns of patterns',
    () =>
      Array.from(
        { length: 30 },
        (_, i) =>
          `<pattern id="p${i}" width=".5" height=".5">${`<rect width="400" height="400" fill="url(#p${i + 1})"/>`.repeat(4)}</pattern>`,
      ).join('') + '<rect width="800" height="800" fill="url(#p0)"/>',
    /units of drawing work|drawn elements|inside each other/,
  ],
  [
    'a pattern of itself',
    `<pattern id="p" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" fill="url(#p)"/></pattern><rect width="800" height="800" fill="url(#p)"/>`,
    'drawn',
  ],
  ['billions by use', () => `<defs>${chain(30, 10, (id, next) => `<g id="${id}">${next}</g>`)}</defs><use href="#a0"/>`, DRAWN],
  [
    'billions by symbols',
    () => `<defs>${chain(30, 10, (id, next) => `<symbol id="${id}">${next}</symbol>`)}</defs><use href="#a0"/>`,
    /drawn elements|units of drawing work/,
  ],
  ['use of itself', '<g id="a"><use href="#a"/><rect width="9" height="9"/></g>', 'drawn'],
  ['use in a circle', '<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>', /renderer does not take it/],
  [
    'a chain of 5,000 uses',
    () => Array.from({ length: 5000 }, (_, i) => `<use id="u${i}" href="#u${i + 1}"/>`).join(''),
    /inside each other|drawn elements/,
  ],
  ['100,000 elements', () => '<g/>'.repeat(100_000), /20000 elements/],
  ['100,000 elements inside each other', () => nested('<g>', '', '</g>', 100_000), NESTING],
  ['15,000 stripes over all', () => '<rect width="800" height="800" fill-opacity=".1"/>'.repeat(15_000), WORK],
  [
    '20,000 rules',
    () => `<style>${Array.from({ length: 20_000 }, (_, i) => `.c${i} rect{fill:red}`).join('')}</style>${full}`,
    /selectors of style sheets/,
  ],
  [
    '1,900 rules for 19,000 elements',
    () => `<style>${'g g g g rect{fill:red}'.repeat(1900)}</style>${'<rect width="1" height="1"/>'.repeat(19_000)}`,
    /comparisons of selectors/,
  ],
  ['a picture of 100 megapixels', () => `<image width="800" height="800" href="${png(10_000, 10_000)}"/>`, IMAGES],
  ['30 pictures of a megapixel', () => `<image width="8" height="8" href="${png(1000, 1000)}"/>`.repeat(30), IMAGES],
  [
    'a picture that is used 500 times',
    () => `<image id="i" width="8" height="8" href="${png(500, 500)}"/>${'<use href="#i"/>'.repeat(500)}`,
    IMAGES,
  ],
  ['a filter with a picture of 100 megapixels', () => filtered(`<feImage href="${png(10_000, 10_000)}"/>`), IMAGES],
  ['an SVG in it', () => `<image width="8" height="8" href="data:image/svg+xml;base64,${btoa(svgOf(full))}"/>`, /an SVG again/],
  [
    'a compressed SVG in it that says PNG',
    () => `<image width="8" height="8" href="data:image/png;base64,${gzipSync(svgOf(full)).toString('base64')}"/>`,
    /an SVG again/,
  ],
  ['a damaged picture', '<image width="8" height="8" href="data:image/png;base64,iVBORw0KGgoAAAA="/>', /picture in it is damaged/],
  ['a picture whose pixels are too many for its header', () => `<image width="8" height="8" href="${png(2, 2, 30_000_000)}"/>`, 'drawn'],
  ['a million letters', () => `<text font-size="20">${'Ag'.repeat(500_000)}</text>`, WORK],
  ['huge letters', () => `<text font-size="9000" stroke="red">${'Ag'.repeat(500)}</text>`, WORK],
  ['a viewport that shows a billionth', `<svg width="800" height="800" viewBox="0 0 .000001 .000001">${full}</svg>`, 'drawn'],
  [
    'numbers that are none',
    '<g transform="matrix(NaN 1e999 0 1e999 0 0) scale(1e308) scale(1e308)"><path d="M1e999 1e308L-1e308 1e308" stroke="red" stroke-width="1e308"/></g>',
    'drawn',
  ],
  [
    'far away layers',
    '<g opacity=".5"><rect x="9000" width="9" height="9"/></g><svg x="-9000" width="9" height="9"><path d="M0 0h9"/></svg>',
    'drawn',
  ],
  [
    'scripts, foreign elements and imports',
    '<script>for(;;);</script><foreignObject><iframe src="http://127.0.0.1/"/></foreignObject><style>@import url(http://127.0.0.1/a.css);</style>',
    'drawn',
  ],
  [
    'files from elsewhere',
    '<image width="9" height="9" href="file:///etc/passwd"/><use href="http://127.0.0.1/a.svg#a"/><image width="9" height="9" href="//127.0.0.1/a.png"/>',
    'drawn',
  ],
]

const files: readonly Hostile[] = [
  {
    name: 'a billion laughs',
    file: () => bytesOf(`<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>${svgOf('<text>&b;</text>')}`),
    ends: /DOCTYPE declares something else/,
  },
  {
    name: 'an entity of a file',
    file: () => bytesOf(`<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>${svgOf('<text>&x;</text>')}`),
    ends: /DOCTYPE declares something else/,
  },
  {
    name: 'entities of parameters',
    file: () => bytesOf(`<!DOCTYPE svg [<!ENTITY % p "x"> %p;]>${svgOf('')}`),
    ends: /DOCTYPE declares something else/,
  },
  {
    name: 'an entity 100,000 times',
    file: () => bytesOf(`<!DOCTYPE svg [<!ENTITY a "${'x'.repeat(900)}">]>${svgOf(`<text>${'&a;'.repeat(100_000)}</text>`)}`),
    ends: /characters/,
  },
  {
    name: 'gzip of 200 megabytes',
    file: () => new Uint8Array(gzipSync(Buffer.concat([Buffer.from(svgOf('').slice(0, -6)), Buffer.alloc(200_000_000, 32)]))),
    ends: /characters/,
  },
  { name: 'gzip in gzip', file: () => new Uint8Array(gzipSync(gzipSync(svgOf(full)))), ends: /none of them/ },
  {
    name: 'gzip that is cut',
    file: () => new Uint8Array(gzipSync(svgOf(zigzag(3000)))).subarray(0, 5000),
    ends: /compressed data are damaged|too early/,
  },
  { name: 'five million characters', file: () => bytesOf(svgOf(' '.repeat(5_000_000))), ends: /characters/ },
  {
    name: 'a million attributes',
    file: () => bytesOf(svgOf(`<g ${Array.from({ length: 300_000 }, (_, i) => `a${i}=""`).join(' ')}/>`)),
    ends: /too many attributes/,
  },
  {
    name: '300,000 attributes',
    file: () => bytesOf(svgOf(`<g ${Array.from({ length: 300 }, (_, i) => `a${i}=""`).join(' ')}/>`.repeat(1000))),
    ends: /250000 attributes/,
  },
  { name: 'an attribute twice', file: () => bytesOf(svgOf('<g id="a" id="b"/>')), ends: /given twice/ },
  {
    name: 'prefixes without end',
    file: () => bytesOf(svgOf(`<g ${Array.from({ length: 300 }, (_, i) => `xmlns:a${i}="b"`).join(' ')}/>`)),
    ends: /too many prefixes/,
  },
  { name: 'an end without a beginning', file: () => bytesOf(svgOf('</g>')), ends: /ends that did not begin/ },
  { name: 'no end', file: () => bytesOf(svgOf('<g>').slice(0, -6)), ends: /too early/ },
  { name: 'a comment without an end', file: () => bytesOf(svgOf('<!-- ')), ends: /too early/ },
  { name: 'a million pixels a side', file: () => bytesOf(svgOf('', 'width="1000000" height="1000000"')), ends: /pixels a side/ },
  { name: 'one pixel by a million', file: () => bytesOf(svgOf('', 'width="1" height="100000"')), ends: /long a side/ },
  { name: 'no size', file: () => bytesOf(svgOf('', 'width="0" height="0"')), ends: /side is zero/ },
  { name: 'spaces without end in a tag', file: () => bytesOf(svgOf(`<g${' '.repeat(2_000_000)}a/>`)), ends: /not well-formed/ },
]

export const HOSTILE: readonly Hostile[] = [
  ...documents.map(([name, content, ends]) => ({
    name,
    ends,
    file: () => bytesOf(svgOf(typeof content === 'string' ? content : content(), SIZE)),
  })),
  ...files,
]
