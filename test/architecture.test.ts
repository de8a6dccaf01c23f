import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importCircles, importsOf, textOf, typeScriptBelow } from './support/import-graph.ts'

/** A room of the table's folder, and the rooms of the same folder that it may import. `.` is what lies in the folder itself. */
type Rooms = Readonly<Record<string, readonly string[]>>

/** Who may import whom. A room that stands not on the right is out of reach. */
const ROOMS: Readonly<Record<string, Rooms>> = {
  src: {
    errors: [],
    image: ['errors'],
    service: ['errors', 'image'],
    http: ['errors', 'image', 'service'],
    adapters: ['errors', 'image', 'service'],
    durable: ['errors', 'service'],
    env: ['service'],
    config: ['errors', 'service'],
    compose: ['errors', 'env', 'config', 'http', 'service', 'adapters', 'durable', 'image'],
    renderer: ['config', 'compose'],
    index: ['errors', 'env', 'config', 'compose', 'durable'],
    local: ['errors', 'config', 'service'],
  },
  'src/service': {
    '.': [],
    counts: ['.'],
    edge: ['files', '.'],
    outbound: ['.'],
    stores: ['outbound', '.'],
    files: ['stores', 'outbound', '.'],
    mounts: ['files', 'stores', 'outbound', '.'],
    access: ['files', 'stores', 'outbound', '.'],
    handles: ['access', 'files', 'stores', 'outbound', '.'],
    protection: ['access', 'files', 'stores', 'outbound', '.'],
    render: ['protection', 'handles', 'access', 'files', 'stores', 'outbound', '.'],
    deadline: ['render', 'protection', 'handles', 'access', 'files', 'stores', 'outbound', '.'],
    explain: ['render', 'protection', 'handles', 'access', 'files', 'stores', 'outbound', '.'],
    processes: ['render', 'protection', 'handles', 'access', 'files', 'stores', 'outbound', '.'],
    triggers: ['processes', 'render', 'protection', 'handles', 'access', 'files', 'stores', 'outbound', '.'],
    jobs: ['triggers', 'processes', 'render', 'protection', 'handles', 'access', 'files', 'stores', 'outbound', '.'],
  },
  'src/image': {
    '.': ['animation', 'info', 'quality', 'codecs', 'ops', 'text', 'engine', 'definitions'],
    animation: ['codecs', 'engine', '.'],
    second: ['codecs', 'engine', '.'],
    icc: ['.'],
    definitions: ['.'],
    engine: ['definitions', 'icc', '.'],
    metadata: ['engine', '.'],
    info: ['codecs', 'engine', 'icc', 'metadata', '.'],
    quality: ['codecs', 'engine', '.'],
    codecs: ['text', 'engine', 'icc', 'metadata', '.'],
    text: ['engine', '.'],
    ops: ['text', 'engine', 'definitions', '.'],
    explain: ['codecs', '.'],
    glimpse: ['info', 'codecs', 'engine', '.'],
    assembly: [],
    fonts: [],
  },
  'src/image/engine': {
    '.': ['resample', 'pixels', 'bmff', 'bmp', 'gif', 'ico', 'jxl', 'png', 'tiff', 'jpeg', 'webp', 'quantise', 'rows'],
    rows: ['.'],
    resample: ['rows', '.'],
    pixels: ['rows', '.'],
    bmff: ['.'],
    bmp: ['rows', '.'],
    quantise: ['rows', '.'],
    gif: ['quantise', 'rows', '.'],
    ico: ['bmp', 'png', 'rows', '.'],
    jxl: ['bmff', '.'],
    png: ['quantise', 'resample', 'rows', '.'],
    jpeg: ['pixels', 'resample', 'rows', '.'],
    tiff: ['png', 'jpeg', 'rows', '.'],
    webp: ['jpeg', 'resample', 'rows', '.'],
  },
  'src/image/engine/jpeg': {
    '.': [],
    decode: ['.'],
    encode: ['.'],
    scaled: ['decode', 'encode', '.'],
    parts: ['decode', '.'],
    transcode: ['scaled', 'decode', 'encode', '.'],
  },
  'src/image/engine/webp': {
    '.': [],
    lossless: ['.'],
    vp8: ['lossless', '.'],
    encode: ['.'],
    'lossless-encode': ['.'],
  },
  'src/image/assembly': {
    '.': ['resample', 'pixels', 'png', 'jpeg', 'webp', 'quantise', 'gif'],
    resample: ['.'],
    pixels: ['.'],
    png: ['.'],
    jpeg: ['.'],
    webp: ['.'],
    quantise: ['.'],
    gif: ['.'],
  },
  'src/image/ops': {
    '.': ['geometry', 'colour', 'effects', 'layers'],
    geometry: ['.'],
    colour: ['.'],
    effects: ['.'],
    layers: ['.'],
  },
  'src/http': {
    '.': ['translate', 'ingest', 'dialects', 'foreign', 'explain', 'forms', 'metrics', 'pictures', 'caching'],
    openapi: ['.'],
    forms: ['.'],
    metrics: ['openapi', '.'],
    caching: ['.'],
    pictures: ['.'],
    explain: ['openapi', '.'],
    foreign: ['.'],
    dialects: ['foreign', 'explain', 'forms', 'pictures', 'caching', 'openapi', '.'],
    translate: ['dialects', 'foreign', 'explain', 'openapi', '.'],
    ingest: ['openapi', '.'],
  },
  'src/http/dialects': {
    batch: [],
    bytescale: [],
    filestack: [],
    frameworks: [],
    iiif: [],
    s3: [],
  },
  'src/http/dialects/bytescale': {
    '.': ['cdn', 'api', 'uploads', 'image-query'],
    'image-query': ['.'],
    uploads: ['image-query', '.'],
    api: ['uploads', 'image-query', '.'],
    cdn: ['api', 'uploads', 'image-query', '.'],
  },
  'src/http/dialects/s3': {
    '.': ['parts', 'object', 'bucket', 'xml', 'sign', 'body'],
    body: ['sign', '.'],
    sign: ['body', '.'],
    xml: ['body', '.'],
    bucket: ['xml', '.'],
    object: ['xml', 'body', '.'],
    parts: ['object', 'bucket', 'xml', 'body', '.'],
  },
  'packages/cli/src': {
    '.': ['commands', 'terminal', 'usage'],
    usage: ['commands'],
    terminal: [],
    engine: [],
    render: ['engine', 'usage'],
    service: ['terminal', 'usage'],
    migrate: ['usage'],
    completion: ['usage'],
    commands: ['completion', 'migrate', 'service', 'render', 'engine', 'terminal', 'usage'],
  },
  'packages/client/src': {
    '.': ['batch', 'files', 'urls', 'http'],
    http: [],
    urls: ['http'],
    files: ['http'],
    batch: ['http'],
  },
  'packages/upload/src': {
    '.': ['element', 'transfer', 'prepare', 'engine'],
    engine: [],
    prepare: ['engine'],
    transfer: ['prepare'],
    element: ['transfer', 'prepare'],
  },
  'src/http/dialects/filestack': {
    '.': ['described', 'processing', 'process', 'upload', 'file', 'store', 'security'],
    described: ['process', 'upload', '.'],
    security: ['.'],
    store: ['security', '.'],
    file: ['store', 'security', '.'],
    upload: ['store', 'security', '.'],
    process: ['store', 'security', '.'],
    processing: ['file', 'store', 'security', '.'],
  },
}

const PACKAGES: Readonly<Record<string, RegExp>> = {
  errors: /^$/,
  image: /^(fflate|zod|@jsquash\/.*|blurhash|thumbhash|libheif-js\/.*\.js)$/,
  service: /^(zod|jose|ulid|nanoid)$/,
  http: /^(@remix-run\/multipart-parser|hono|zod|content-disposition|jose|re2js)(\/.*)?$/,
  adapters: /^(aws4fetch|cloudflare:.*|node:crypto|@jsquash\/.*\.wasm|libheif-js\/.*\.wasm|icodec\/.*\.wasm)$/,
  durable: /^cloudflare:/,
  env: /^$/,
  config: /^zod$/,
  compose: /^(mime|cloudflare:.*|nanoid|ulid)$/,
  renderer: /^$/,
  index: /^cloudflare:/,
  local: /^(node:.*|mime|miniflare|wrangler)$/,
}

/** What packages may take of `src`; the client takes nothing. */
const OF_SRC: Readonly<Record<string, RegExp>> = {
  upload:
    /^src\/(errors\.ts|image\/|service\/(render|files)\/|http\/dialects\/bytescale\/image-query\/|adapters\/core-pool\.ts|config\/limits\.ts)/,
  cli: /^src\/(errors\.ts|image\/|service\/(render|files)\/|http\/(translate\/translate\.ts|dialects\/bytescale\/image-query\/)|adapters\/(core-pool|stores\/s3)\.ts|config\/limits\.ts)/,
}

/** What packages import by name: what is on every machine where they run. */
const OF_PLATFORM: Readonly<Record<string, RegExp>> = {
  cli: /^node:/,
}

const MAX_FILES_SIDE_BY_SIDE = 20
const TREES = ['src', 'scripts', 'bench', 'console', 'packages'] as const

const sources = typeScriptBelow('src')
const packaged = typeScriptBelow('packages')
const isBelow = (file: string, folder: string): boolean => file.startsWith(`${folder}/`)

/** The room of a file in a folder: the name of the folder's folder, or of the file in `src` itself. */
function roomOf(file: string, folder: string): string {
  const [room = '', ...rest] = file.slice(folder.length + 1).split('/')
  return rest.length > 0 ? room : folder === 'src' ? room.replace(/\.ts$/, '') : '.'
}

describe.each(Object.entries(ROOMS))('rooms of %s', (folder, rooms) => {
  const files = [...sources, ...packaged].filter((file) => isBelow(file, folder))

  it('are all in the table, and the table names no other', () => {
    expect([...new Set(files.map((file) => roomOf(file, folder)))].filter((room) => !(room in rooms))).toEqual([])
    const existing = new Set(files.map((file) => roomOf(file, folder)))
    expect(Object.keys(rooms).filter((room) => room !== 'fonts' && !existing.has(room))).toEqual([])
  })

  it('import only what they may', () => {
    const wrong = files.flatMap((file) => {
      const from = roomOf(file, folder)
      return importsOf(file)
        .files.filter((target) => isBelow(target, folder) && roomOf(target, folder) !== from)
        .filter((target) => !rooms[from]?.includes(roomOf(target, folder)))
        .map((target) => `${file} → ${target}`)
    })
    expect(wrong).toEqual([])
  })
})

it('a layer uses only its packages', () => {
  const wrong = sources.flatMap((file) =>
    importsOf(file)
      .packages.filter((name) => !(PACKAGES[roomOf(file, 'src')] ?? /^$/).test(name))
      .map((name) => `${file} → ${name}`),
  )
  expect(wrong).toEqual([])
})

it('packages take of src, and of others, what they may', () => {
  const wrong = packaged.flatMap((file) => {
    const name = roomOf(file, 'packages')
    const { files, packages } = importsOf(file)
    return [
      ...files.filter((target) => isBelow(target, 'src') && !(OF_SRC[name] ?? /^$/).test(target)),
      ...packages.filter((target) => !(OF_PLATFORM[name] ?? /^$/).test(target)),
    ].map((target) => `${file} → ${target}`)
  })
  expect(wrong).toEqual([])
  expect(sources.filter((file) => importsOf(file).files.some((target) => isBelow(target, 'packages')))).toEqual([])
})

it('no files import each other in a circle, types included', () => {
  expect(importCircles(TREES.flatMap((tree) => typeScriptBelow(tree)))).toEqual([])
})

it(`no folder holds more than ${MAX_FILES_SIDE_BY_SIDE} files side by side`, () => {
  const counts = new Map<string, number>()
  for (const file of [...TREES, 'test'].flatMap((tree) => typeScriptBelow(tree)))
    counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1)
  expect([...counts].filter(([, count]) => count > MAX_FILES_SIDE_BY_SIDE)).toEqual([])
})

it('only the codecs and the second engine wrap @jsquash, and only wasm-modules and renderer-modules import .wasm', () => {
  for (const file of sources) {
    const { packages } = importsOf(file)
    if (packages.some((name) => name.startsWith('@jsquash/')))
      expect(file).toMatch(/^src\/(image\/(codecs|second)\/|adapters\/modules\/wasm-modules\.ts)/)
    if (packages.some((name) => name.endsWith('.wasm'))) expect(file).toMatch(/^src\/adapters\/modules\/(wasm|renderer)-modules\.ts$/)
  }
})

it('operations know none of each other', () => {
  for (const file of sources.filter((name) => /^src\/image\/ops\/\w+\//.test(name))) {
    const others = importsOf(file).files.filter((target) => isBelow(target, 'src/image/ops'))
    expect(others, file).toEqual(['src/image/ops/define.ts'])
  }
})

it('the image domain touches no I/O, no clock and no chance', () => {
  for (const file of sources.filter((name) => isBelow(name, 'src/image'))) {
    expect(textOf(file), file).not.toMatch(
      /\b(fetch\(|Date\.now|new Date\(|performance\.|Math\.random|crypto\.|setTimeout\(|R2Bucket|caches\.)/,
    )
  }
})
