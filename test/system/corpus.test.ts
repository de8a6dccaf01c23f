// Extra check: needs ../shared/corpus beside the project (`npm run test:corpus`). Other people's pictures are run from where they are.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import sharp, { type Metadata, type Sharp } from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type RunningServer } from '../e2e/support/server.ts'
import { lanczos } from './support/lanczos.ts'
import { psnr } from './support/psnr.ts'

interface CorpusFile {
  readonly path: string
  readonly format: string
  readonly width?: number
  readonly height?: number
  readonly valid: boolean
  readonly decodable: 'yes' | 'partial' | 'no'
  readonly pages?: number
}

const CORPUS = resolve(import.meta.dirname, '../../../shared/corpus')
const { files } = JSON.parse(readFileSync(join(CORPUS, 'manifest.json'), 'utf8')) as { readonly files: readonly CorpusFile[] } // the corpus's own index
const QUERIES = ['w=100&f=png', 'w=64&f=jpeg', 'f=webp&h=50'] as const
/** What is decoded. */
const DECODED = ['avif', 'bmp', 'gif', 'heic', 'ico', 'jpeg', 'jxl', 'png', 'svg', 'tiff', 'webp']
/** An answer may take so long. */
const HANG_MS = 10_000

/** Valid files that are refused, and why that is right: kinds of JPEG that browsers do not show either. */
const REFUSED: readonly RegExp[] = [
  /^heic\/lightning_mini\.heif$/, // of the low-overhead form
  /^jpeg-variants\/testimgl\.jpg$/,
  /^jpeg-variants\/(.*_ari_.*|testimgari|gen_19_arith|gen_19_arithprog)\.jpg$/,
]
/** Screens of GIFs that are too large, and of no height; AVIFs that are too large for libavif's memory. */
const UNSHOWN: Readonly<Record<string, string>> = {
  'gif/bombs/screen65535_1frames.gif': 'too_many_pixels',
  'avif/hato.profile0.8bpc.yuv420.avif': 'too_many_pixels',
  'avif/avif-orientation-6.avif': 'too_many_pixels',
  'broken/gif/issue-96-small-codesize.gif': 'invalid_image',
  'svg/gen_xxe.svg': 'invalid_image',
  'svg/gen_use_bomb.svg': 'too_many_pixels',
  'svg/gen_huge_viewbox.svg': 'too_many_pixels',
  'svg/gen_huge_size.svg': 'too_many_pixels',
}
/** Inks without a profile that fits: we mix them by formula, libvips by a printer's profile. A narrow range, which sharp's decoder of AVIF takes for the full one. A canvas that no frame paints: ours is transparent, libvips' black. Eight pixels that become a hundred. The picture before an animation, which libvips shows. High dynamic range, which it does not bend. */
const DIFFERENT =
  /^jpeg-variants\/(jpg-cmyk-1|cmyk|cmyk-sample-no-icc|pil_sample_cmyk|gen_19_cmyk_noicc|jfif-cmyk-.*)\.jpg|^avif\/.*(monochrome|alpha-limited|hdr_rec2020)|^gif\/bombs\/frames_10000\.gif|issue-208-block-type\.gif|^png\/(blend_op_over|dispose_op_previous|delay|mode_16bit|mode_palette_alpha|num_plays|split_fdat)\.png|^broken\/png\/(chunk_multi_actl|sequence_gap)\.png/i
/** What sharp does not read, and what it scales where we draw. */
const WITHOUT_ORACLE = ['bmp', 'heic', 'ico', 'jxl', 'svg']

let state: string
let server: RunningServer
const slowest = { milliseconds: 0, what: '' }

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'emulsion-corpus-'))
  server = await startServer(state)
})
afterAll(async () => {
  console.log(`slowest: ${slowest.what}, ${slowest.milliseconds.toFixed(0)} ms`)
  await server.stop()
  rmSync(state, { recursive: true, force: true })
})

const urlPath = (file: CorpusFile): string => `/corpus/${file.path.replaceAll(/[^\w./-]/g, '_')}`

async function store(file: CorpusFile): Promise<void> {
  const query = `filePath=${encodeURIComponent(urlPath(file))}`
  const headers = { Authorization: `Bearer ${server.secretKey}` }
  const body = readFileSync(join(CORPUS, file.path))
  const stored = await fetch(`${server.origin}/v2/accounts/${server.account}/uploads/binary?${query}`, { method: 'POST', headers, body })
  expect(stored.status).toBe(200)
}

async function transform(file: CorpusFile, query: string): Promise<{ readonly status: number; readonly body: Buffer }> {
  const started = performance.now()
  const response = await fetch(`${server.origin}/${server.account}/image${urlPath(file)}?${query}`, {
    signal: AbortSignal.timeout(HANG_MS),
  })
  const body = Buffer.from(await response.arrayBuffer())
  const milliseconds = performance.now() - started
  if (milliseconds > slowest.milliseconds) Object.assign(slowest, { milliseconds, what: `${file.path}?${query}` })
  return { status: response.status, body }
}

/** The sides that the wish gives the picture. */
function wishedSides({ width, height, orientation = 1 }: Metadata, query: string): readonly [width: number, height: number] {
  const [across, down] = orientation > 4 ? [height, width] : [width, height]
  const wish = new URLSearchParams(query)
  const factor = wish.has('w') ? Number(wish.get('w')) / across : Number(wish.get('h')) / down
  return [Math.max(1, Math.round(across * factor)), Math.max(1, Math.round(down * factor))]
}

/** Whether an animation that would stay one has more pixels in all its frames than a plan may have. */
const isTooManyFrames = ({ width = 1, height = 1, pages = 1 }: CorpusFile, query: string): boolean =>
  query.includes('webp') && width * height * pages > 100_000_000

/** Up to here the way from pixels to pixels is the definition's; beyond, libvips' own. */
const DEFINITION_PIXELS = 1_000_000

/** What the wish means: the file as libvips decodes it, whole and upright, its profile left alone as we do, and scaled. */
async function meant(file: CorpusFile, metadata: Metadata, width: number, height: number): Promise<Sharp> {
  const source = sharp(join(CORPUS, file.path), { failOn: 'none', limitInputPixels: 100_000_000 }).autoOrient()
  if (metadata.width * metadata.height > DEFINITION_PIXELS) {
    return sharp(await source.resize(width, height, { fit: 'fill', fastShrinkOnLoad: false }).png().toBuffer())
  }
  const { data, info } = await source.toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  const scaled = lanczos({ width: info.width, height: info.height, data }, width, height)
  return sharp(scaled, { raw: { width, height, channels: 4 } })
}

/** A lossy result may be as far from what was meant as libvips' own file of that quality is, and a little more. */
async function floorDb(file: CorpusFile, query: string, wished: Sharp): Promise<number> {
  const exact = file.format === 'jpeg' ? 27 : 33
  if (query.includes('png')) return exact
  const flat = wished.clone().flatten({ background: '#fff' })
  const theirs = await (query.includes('jpeg') ? flat.jpeg({ quality: 80 }) : wished.clone().webp({ quality: 80 })).toBuffer()
  return Math.min(exact, await psnr(wished, sharp(theirs))) - 6
}

/** A gamma counts with us; libvips does not read it. */
const tellsGamma = ({ format, path }: CorpusFile): boolean => format === 'png' && readFileSync(join(CORPUS, path)).includes('gAMA')

async function expectLikeness(file: CorpusFile, query: string, body: Buffer): Promise<void> {
  if (WITHOUT_ORACLE.includes(file.format)) return
  const metadata = await sharp(join(CORPUS, file.path)).metadata()
  const [width, height] = wishedSides(metadata, query)
  const ours = await sharp(body).metadata()
  expect([ours.width, ours.height], query).toEqual([width, height])
  if (DIFFERENT.test(file.path) || tellsGamma(file)) return
  const wished = await meant(file, metadata, width, height)
  expect(await psnr(wished, sharp(body)), query).toBeGreaterThan(await floorDb(file, query, wished))
}

const isBomb = ({ width = 0, height = 0 }: CorpusFile): boolean => width * height > 100_000_000

/** Whether the refusal is one that the sides of the result alone give: a long strip made 100 pixels wide is too tall. */
const isTooLong = (file: CorpusFile, query: string): boolean => {
  const { width = 1, height = 1 } = file
  const wish = new URLSearchParams(query)
  const factor = wish.has('w') ? Number(wish.get('w')) / width : Number(wish.get('h')) / height
  return Math.max(width, height) * factor > 12_000
}

async function check(file: CorpusFile, query: string): Promise<void> {
  const { status, body } = await transform(file, query)
  const said = status === 200 ? '' : body.toString()
  expect([200, 415, 422], said).toContain(status)
  if (status !== 200) {
    const { error } = JSON.parse(said) as { readonly error: { readonly code: string; readonly message: string } }
    expect(error).toEqual(expect.objectContaining({ code: expect.any(String), message: expect.any(String) }))
    expect(said).not.toMatch(/RuntimeError|unreachable|jsquash|\bat .*\.js/)
  }
  // A bomb is known by its header: nothing of it is decoded.
  if (DECODED.includes(file.format) && file.valid && isBomb(file)) expect(said).toContain('too_many_pixels')
  if (!DECODED.includes(file.format) || !file.valid || file.decodable !== 'yes') return
  if (REFUSED.some((kind) => kind.test(file.path))) expect(said).toContain('unsupported_format')
  else if (UNSHOWN[file.path]) expect(said).toContain(UNSHOWN[file.path])
  else if (isTooLong(file, query)) expect(said).toContain('output_too_large')
  else if (isTooManyFrames(file, query)) expect(said).toContain('too_many_pixels')
  else {
    expect(status, said).toBe(200)
    await expectLikeness(file, query, body)
  }
}

describe.each(Object.entries(Object.groupBy(files, ({ path }) => path.split('/')[0] ?? '')))('%s', (_folder, group = []) => {
  it.each(group.map((file) => [file.path, file] as const))('%s', async (_path, file) => {
    await store(file)
    for (const query of QUERIES) await check(file, query)
  })
})

it('the server that answered all of it is the one that was started', () => {
  expect(server.process.exitCode).toBeNull()
})
