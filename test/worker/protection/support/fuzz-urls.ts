/** One request, for a secret of either of two kinds: they are equal but for what a rule hides. */
export interface FuzzedRequest {
  readonly dialect: 'image' | 'preset' | 'iiif' | 'door' | 'raw' | 'tasks' | 'file' | 'save' | 'store' | 'process' | 'copy'
  readonly method: 'GET' | 'HEAD' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Whether the answer is the picture of a file that goes through the watermark's rule. */
  readonly isMarked: boolean
}

/** How a secret is named. */
export interface Names {
  readonly account: string
  readonly app: string
  readonly publicKey: string
  /** Paths of pictures that are hidden, marked, or both, and a `.crop` file of a hidden one. */
  readonly hidden: readonly string[]
  readonly marked: readonly string[]
  readonly crop: string
  readonly free: string
  /** Handles of the same kinds. */
  readonly handles: { readonly hidden: string; readonly marked: string; readonly free: string }
}

/** mulberry32: the same numbers for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

type Values = readonly (string | number)[]

const PARAMETERS: Readonly<Record<string, Values>> = {
  w: [1, 7, 24, 48, 96, 130],
  h: [1, 9, 32, 64, 90],
  fit: ['crop', 'max', 'min', 'stretch', 'shrink', 'enlarge', 'shrink-cover', 'enlarge-cover', 'pad', 'shrink-crop', 'aspect-crop'],
  crop: ['top', 'left', 'center', 'bottom-right', 'smart', 'smart-entropy'],
  'crop-x': [0, 8, 24],
  'crop-y': [0, 16],
  'crop-w': [8, 48],
  'crop-h': [8, 32],
  dpr: [0.5, 1, 2],
  rotate: [90, 180, 270, -90, 30],
  flip: ['true', 'false'],
  flop: ['true'],
  trim: ['true', 40],
  'extend-top': [3, 20],
  'extend-left': [5],
  bg: ['00ff00', 'ffffff00', 'red'],
  blur: [0.5, 3],
  median: ['true', 5],
  sharpen: ['true', 4],
  pixelate: [2, 9],
  sepia: ['true'],
  gamma: ['true', 1.5],
  contrast: [40, -40],
  normalize: ['true'],
  brightness: [0.5, 2],
  saturation: [0, 3],
  hue: [90, 180],
  lightness: [20, -20],
  grayscale: ['true'],
  negate: ['true'],
  tint: ['ff0000'],
  threshold: ['true', 100],
  'border-radius': [10, 'max'],
  f: ['jpg', 'png', 'webp', 'gif', 'auto', 'json', 'avif'],
  q: [10, 50, 100, 'auto', 'lossless'],
  c: [1, 60, 100],
  'max-bytes': [900, 5000],
  page: [0, 1],
  lossless: ['true'],
  palette: ['true'],
  anim: ['false', 'true'],
  cm: ['keep', 'srgb'],
  metadata: ['keep', 'copyright', 'none'],
  cache: ['false', 'true'],
  'cache-only': ['false'],
  'cache-ttl': [0, 60],
  version: ['1', 'x'],
  download: ['true'],
  wait: ['true'],
  deadline: [1, 1000],
}
const LAYER_PARAMETERS: Readonly<Record<string, Values>> = {
  'layer-w': [10, 48, 96],
  'layer-h': [10, 64],
  gravity: ['top-left', 'center', 'bottom-right'],
  padding: [0, 5],
  'layer-opacity': [50, 100],
  'layer-rotate': [90, 20],
  blend: ['over', 'multiply', 'difference', 'screen', 'xor', 'dest-out'],
  repeat: ['true'],
}
/** Segments of an IIIF image URI: region, size, rotation, quality and format. */
const IIIF: readonly (readonly string[])[] = [
  ['full', 'full', 'square', '0,0,48,32', '8,16,24,24', 'pct:25,25,50,50', '90,60,100,100'],
  ['max', '^max', '24,', ',32', 'pct:50', '30,60', '!40,40', '^200,'],
  ['0', '90', '180', '!0', '!270', '30'],
  ['default', 'color', 'gray', 'bitonal'],
  ['jpg', 'png', 'webp', 'gif'],
]
/** Options of ipx and of Cloudflare, and the queries of the others. */
const IPX: Readonly<Record<string, Values>> = {
  s: ['40x40', '96x20', '200x200'],
  w: [24, 96, 200],
  h: [9, 64],
  fit: ['cover', 'contain', 'fill', 'inside', 'outside'],
  pos: ['top', 'left', 'attention'],
  f: ['jpeg', 'png', 'webp', 'gif', 'auto'],
  q: [20, 90],
  extract: ['0_0_48_32', '24_16_40_40'],
  enlarge: [''],
  rotate: [90, 20],
  flip: [''],
  flop: [''],
  blur: [2],
  sharpen: [''],
  median: [3],
  grayscale: [''],
  negate: [''],
  normalize: [''],
  threshold: [100],
  tint: ['ff0000'],
  trim: [20],
  b: ['00ff00'],
  modulate: ['2_1_90'],
  animated: [''],
}
const CLOUDFLARE: Readonly<Record<string, Values>> = {
  width: [24, 96, 200],
  height: [32, 90],
  fit: ['scale-down', 'contain', 'cover', 'crop', 'pad', 'squeeze'],
  gravity: ['left', 'auto', '0x1'],
  format: ['auto', 'webp', 'png', 'jpeg'],
  quality: [10, 80],
  dpr: [0.5, 2],
  rotate: [90, 180],
  flip: ['h', 'v'],
  blur: [4],
  sharpen: [2],
  brightness: [2],
  contrast: [0.5, 1.5],
  saturation: [0],
  trim: ['border'],
  background: ['red'],
  metadata: ['keep', 'none'],
  onerror: ['redirect'],
  compression: ['lossless'],
}
const NETLIFY: Readonly<Record<string, Values>> = {
  w: [24, 96, 200],
  h: [30, 90],
  fit: ['contain', 'cover', 'fill'],
  position: ['top', 'left'],
  fm: ['jpg', 'png', 'webp', 'gif'],
  q: [10, 90],
}
const FIELDS = ['palette', 'dominantColor', 'thumbHash', 'blurHash', 'perceptualHash', 'placeholder', 'exif', 'width', 'gainMap', 'result']
const TASKS: readonly string[] = [
  'resize=width:40',
  'resize=w:60,h:30,fit:crop',
  'resize=w:30,h:90,f:scale',
  'crop=dim:[24,16,48,32]',
  'rotate=deg:90',
  'rotate=deg:33,background:00ff00',
  'flip',
  'flop',
  'blur=amount:2',
  'sharpen=amount:3',
  'blackwhite',
  'monochrome',
  'negative',
  'modulate=hue:90,saturation:200',
  'enhance=preset:vivid',
  'enhance',
  'pixelate=amount:4',
  'rounded_corners=radius:20',
  'ascii=size:30',
  'circle',
  'border=width:5',
  'sepia=tone:80',
  'vignette=amount:50',
  'shadow',
  'polaroid',
  'torn_edges',
  'partial_blur=objects:[[0,0,30,30]],amount:5',
  'partial_pixelate=objects:[[0,0,30,30]]',
  'oil_paint=amount:2',
  'upscale',
  'output=format:png',
  'output=format:jpg,quality:80',
  'output=format:webp,lossless:true',
  'output=format:gif',
  'output=strip:false,colorspace:input',
  'quality=value:input',
  'quality=value:60',
  'pjpg',
  'compress=metadata:true',
  'no_metadata',
  'auto_image',
  'cache=false',
  'cache=expiry:60',
]

/** Tasks as data. */
const ENCODED = ['b64', btoa(JSON.stringify([{ name: 'resize', params: { width: 30 } }]))]

/** Draws requests of all dialects: most are well formed, some are not. */
export function fuzzRequest(random: () => number): (names: Names) => FuzzedRequest {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T
  const chance = (share: number): boolean => random() < share
  const some = (table: Readonly<Record<string, Values>>, count: number): string[] => {
    const names = Object.keys(table)
      .map((name) => [random(), name] as const)
      .sort(([a], [b]) => a - b)
      .slice(0, count)
    return names.map(([, name]) => `${name}=${encodeURIComponent(String(pick(table[name] ?? [''])))}`)
  }
  const headers = {
    ...(chance(0.2) && { Range: `bytes=${Math.floor(random() * 300)}-` }),
    ...(chance(0.3) && { Accept: pick(['image/webp,*/*', 'image/avif,image/webp', '*/*']) }),
  }
  const method = chance(0.05) ? 'HEAD' : 'GET'
  const source = pick(['hidden', 'hidden', 'marked', 'layer', 'crop'] as const)
  const index = Math.floor(random() * 100)
  /** The same file by other letters of its URL. */
  const spelled = pick<(path: string) => string>([
    (path) => path,
    (path) => path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
    (path) => path.replaceAll('.', '%2e'),
  ])
  const query = some(PARAMETERS, Math.floor(random() * random() * 8))
  const isInfo = query.includes('f=json')
  const fields = isInfo && chance(0.7) ? [`fields=${FIELDS.filter(() => chance(0.4)).join(',') || 'palette'}`] : []
  const layers = Array.from(
    { length: source === 'layer' ? 1 + Math.floor(random() * 2) : chance(0.15) ? 1 : 0 },
    () => [index + Math.floor(random() * 5), some(LAYER_PARAMETERS, Math.floor(random() * 3))] as const,
  )
  const text = chance(0.1) ? ['text=abc', 'font-size=20'] : []
  const mark = pick(['?', '?', '?', '!'])
  const tasks = Array.from({ length: Math.floor(random() * 4) }, () => pick(TASKS))
  const suffix = pick(['', '/metadata?exif=true&width=true', '?cache=true'])
  const [isTold, words] = [chance(0.2), IIIF.map((segment) => pick(segment))]
  const [hasHost, hasKey, resizes, isEncoded] = [chance(0.3), chance(0.3), chance(0.5), chance(0.1)]
  const extra = pick(['', '', '', 'watermark', 'collage', 'fallback', 'metadata', 'imagesize', 'list'])
  const options = {
    ipx: some(IPX, Math.floor(random() * 5)).map((each) => each.replace('=', '_')),
    cloudflare: some(CLOUDFLARE, 1 + Math.floor(random() * 4)),
    netlify: some(NETLIFY, Math.floor(random() * 5)),
    next: [`w=${pick([16, 96, 640])}`, `q=${pick([1, 75])}`],
  }
  const framework = pick(['ipx', 'ipx', 'cloudflare', 'cloudflare', 'netlify', '_next', '_vercel'] as const)
  const door = pick([
    'door',
    'door',
    'image',
    'image',
    'image',
    'image',
    'preset',
    'iiif',
    'iiif',
    'tasks',
    'tasks',
    'tasks',
    'raw',
    'file',
    'save',
    'store',
    'process',
    'copy',
  ] as const)

  return (names) => {
    const at = (paths: readonly string[], i: number): string => paths[i % paths.length] ?? ''
    const path =
      source === 'marked'
        ? at(names.marked, index)
        : source === 'crop'
          ? names.crop
          : source === 'layer'
            ? names.free
            : at(names.hidden, index)
    const handle = source === 'marked' ? names.handles.marked : source === 'layer' ? names.handles.free : names.handles.hidden
    const isMarked = source === 'marked'
    const drawn = layers.flatMap(([i, more]) => [`image=${encodeURIComponent(at(names.hidden, i))}`, ...more])
    const search = [...query, ...fields, ...text, ...drawn].join('&')
    const json = { ...headers, 'Content-Type': 'application/json' }
    const bearer = { ...json, Authorization: `Bearer ${names.publicKey}` }
    switch (door) {
      case 'image':
      case 'preset': {
        const name = door === 'image' ? 'image' : 'small'
        return { dialect: door, method, path: `/${names.account}/${name}${spelled(path)}${mark}${search}`, headers, isMarked }
      }
      case 'iiif': {
        const asked = isTold ? 'info.json' : `${words.slice(0, -1).join('/')}.${words.at(-1)}`
        // What is cut out may have no corner for the mark.
        const isWhole = words[0] === 'full' && !/\d{2}/.test(words[2] ?? '') && words[3] !== 'bitonal'
        const url = `/${names.account}/iiif/3/${encodeURIComponent(path.slice(1))}/${asked}`
        return { dialect: door, method, path: url, headers, isMarked: isMarked && isWhole }
      }
      case 'door': {
        const url = `url=${encodeURIComponent(path)}`
        const asked =
          framework === 'ipx'
            ? `_ipx/${options.ipx.join(',') || '_'}${spelled(path)}`
            : framework === 'cloudflare'
              ? `cdn-cgi/image/${options.cloudflare.join(',')}${spelled(path)}`
              : framework === 'netlify'
                ? `.netlify/images?${[url, ...options.netlify].join('&')}`
                : `${framework}/image?${[url, ...options.next].join('&')}`
        return { dialect: door, method, path: `/${names.account}/${asked}`, headers, isMarked }
      }
      case 'raw':
        return { dialect: door, method, path: `/${names.account}/raw${spelled(path)}`, headers, isMarked }
      case 'file':
        return { dialect: door, method, path: `/api/file/${handle}${suffix}`, headers, isMarked: false }
      case 'save':
        return {
          dialect: door,
          method: 'POST',
          path: `/${names.account}/save/image${spelled(path)}?${search}`,
          headers: bearer,
          body: '{}',
          isMarked,
        }
      case 'copy':
        return {
          dialect: door,
          method: 'POST',
          path: `/v2/accounts/${names.account}/files/copy`,
          headers: bearer,
          body: JSON.stringify({ source: path, destination: `/out/${index}.bmp` }),
          isMarked: false,
        }
      case 'process':
        return {
          dialect: door,
          method: 'POST',
          path: '/process',
          headers: json,
          body: JSON.stringify({
            apikey: names.app,
            sources: [handle],
            tasks: [...(resizes ? [{ name: 'resize', params: { width: 30 } }] : []), { name: 'store', params: { container: 'out' } }],
          }),
          isMarked,
        }
      default: {
        const other = names.handles.hidden
        const further =
          extra === 'watermark'
            ? [`watermark=file:${other},size:${80}`]
            : extra === 'collage'
              ? [`collage=files:[${other}],w:96,h:64`]
              : extra === 'fallback'
                ? [`fallback=handle:${other}`]
                : extra === 'metadata'
                  ? ['metadata=[size,width,exif]']
                  : extra === 'imagesize'
                    ? ['imagesize']
                    : []
        const asked = extra === 'fallback' ? 'Z'.repeat(20) : handle
        const all = [...tasks, ...further, ...(door === 'store' ? ['store=container:out'] : [])]
        const target = extra === 'list' ? encodeURIComponent(`[${asked}]`) : asked
        const path = ['', ...(hasHost ? ['cdn'] : []), ...(hasKey ? [names.app] : []), ...(isEncoded ? ENCODED : []), ...all, target].join(
          '/',
        )
        return {
          dialect: door,
          method: door === 'store' ? 'POST' : method,
          path,
          headers,
          isMarked: isMarked && !['metadata', 'imagesize', 'fallback'].includes(extra),
        }
      }
    }
  }
}
