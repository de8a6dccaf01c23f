/**
 * Tiles of a photograph of 100 megapixels, as an IIIF viewer asks for them: with the kept places of its MCU rows, and without, in turns. The files are read from the disk. MB: the file or its
 * part, the places, the rows while they are read, and the core's memory. Ends with 1 when the median with places is over 40 ms or takes over 16 MB.
 *
 *   npm run bench:tiles [-- --tiles 12]
 *   npm run bench:tiles -- --viewer    OpenSeadragon in Debian's Chromium, on `npm start`
 */
import { open, stat } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { largePhoto, makeLargePhotos } from '../../scripts/samples/large-photos.ts'
import { parseImage } from '../../src/http/dialects/iiif/parse.ts'
import { probeJpeg } from '../../src/image/engine/jpeg/header.ts'
import type { FileInfo, FileStore, ResultStore, StorableResult } from '../../src/service/ports.ts'
import { createRunOnParts } from '../../src/service/render/parts/run-on-parts.ts'
import { createRunPlan, type RunPlan } from '../../src/service/render/run-plan.ts'
import { createTimings, type Timings } from '../../src/service/render/timings.ts'
import { openImageContext } from '../../test/support/image-context.ts'
import { runDeps, sleep } from '../../test/support/run-deps.ts'
import { view } from './viewer.ts'

const PHOTO = '100mp.jpg'
const [TILE, FACTORS] = [512, [1, 2, 4, 8, 16, 32]]
const LIMITS = { maxWidth: 12_000, maxArea: 1e8 }
const [MOST_MS, MOST_MB] = [40, 16]

const { values } = parseArgs({ options: { tiles: { type: 'string', default: '12' }, viewer: { type: 'boolean', default: false } } })

interface Measured {
  readonly factor: number
  readonly ms: number
  readonly mb: number
}

async function measureTiles(most: number): Promise<void> {
  const path = `/${PHOTO}`
  const { size } = await stat(largePhoto(PHOTO))
  const file = await open(largePhoto(PHOTO))
  const info = { path, size, etag: 'one', mime: 'image/jpeg', lastModified: new Date(0) } as FileInfo // what runs look at
  const files = {
    head: () => Promise.resolve(info),
    open(_account: string, _path: string, { start, end } = { start: 0, end: size }) {
      return Promise.resolve({ info, body: ranged(start, end) })
    },
  } as unknown as FileStore // what runs use
  const ranged = (start: number, end: number): ReadableStream<Uint8Array> => {
    let at = start
    return new ReadableStream({
      type: 'bytes',
      async pull(controller) {
        const { buffer, bytesRead } = await file.read(new Uint8Array(Math.min(65_536, end - at)), 0, Math.min(65_536, end - at), at)
        at += bytesRead
        controller.enqueue(new Uint8Array(buffer.buffer, 0, bytesRead))
        if (at >= end) controller.close()
      },
    })
  }
  const kept = new Map<string, StorableResult>()
  const results = {
    get: (_account: string, _path: string, key: string) => Promise.resolve(kept.get(key) ?? null),
    put: (_account: string, _source: unknown, key: string, result: StorableResult) => Promise.resolve(void kept.set(key, result)),
  } as unknown as ResultStore // and this
  // One instance of the core, as an isolate has.
  const { context } = openImageContext()
  const openContext = () => ({ context, release: () => Promise.resolve() })
  const deps = { ...runDeps(files), files, openContext }
  const whole = createRunPlan(deps)
  const hash = (text: string) => Promise.resolve(text)
  const byPlaces = createRunOnParts(
    { ...deps, results, hash, wait: sleep, log: console.log, recent: { lookUp: files.head }, maxFileBytes: 1e8 },
    whole,
  )
  const head = new Uint8Array(200_000)
  await file.read(head, 0, head.length, 0)
  const image = probeJpeg(head)
  const wishes = FACTORS.flatMap((factor) => tilesOf(image, factor, most))
  const runTile = async (
    run: RunPlan,
    { words, factor }: Tile,
  ): Promise<Measured & { readonly timings: Timings; readonly body: Uint8Array }> => {
    const { plan } = parseImage({ ...words, rotation: '0', quality: 'default', format: 'jpg' }, '3', image, LIMITS)
    const timings = createTimings({ now: () => performance.now() })
    const started = performance.now()
    const { body } = await run({ account: 'Emu1s1n', source: info, inputs: [], plan, lane: 'request' }, timings)
    const ms = performance.now() - started
    const noted = Number.parseFloat(timings.notes().find(([name]) => name === 'memory')?.[1] ?? '0')
    const isPart = timings.notes().some(([name]) => name === 'part')
    const places = isPart ? [...kept.values()].reduce((sum, one) => sum + one.size, 0) : 0
    return { factor, ms, mb: noted + places / 1e6, timings, body }
  }
  const first = wishes[0] as Tile // there is one
  const making = await runTile(byPlaces, first)
  const placesBytes = [...kept.values()].reduce((sum, one) => sum + one.size, 0)
  console.log(`${image.width}×${image.height}, ${(size / 1e6).toFixed(1)} MB. Places: ${(placesBytes / 1000).toFixed(0)} KB,`)
  console.log(
    `found in ${making.ms.toFixed(0)} ms with the first tile, which takes ${(await runTile(whole, first)).ms.toFixed(0)} ms without them.`,
  )
  await runTile(byPlaces, first)
  const [withPlaces, without]: [Measured[], Measured[]] = [[], []]
  for (const wish of wishes) {
    const own = await runTile(byPlaces, wish)
    const other = await runTile(whole, wish)
    if (Buffer.compare(own.body, other.body) !== 0) throw new Error(`The bytes of ${JSON.stringify(wish)} differ.`)
    withPlaces.push(own)
    without.push(other)
  }
  console.log('\n| scale | tiles | ms with places | MB, at most | ms without | MB, at most |')
  console.log('| ---: | ---: | ---: | ---: | ---: | ---: |')
  for (const factor of FACTORS) {
    const [own, other] = [withPlaces, without].map((all) => all.filter((one) => one.factor === factor))
    if (own && other) console.log(`| 1/${factor} | ${own.length} | ${figures(own).join(' | ')} | ${figures(other).join(' | ')} |`)
  }
  const weighted = (all: readonly Measured[]): Measured[] =>
    FACTORS.flatMap((factor) => {
      const some = all.filter((one) => one.factor === factor)
      const count = tilesOf(image, factor, Infinity).length
      return Array.from({ length: count }, (_, i) => some[i % some.length] as Measured)
    })
  const [own, other] = [weighted(withPlaces), weighted(without)]
  console.log(`| all ${own.length} of the pyramid | ${withPlaces.length} | ${figures(own).join(' | ')} | ${figures(other).join(' | ')} |`)
  const ms = median(own.map((one) => one.ms))
  const mb = median(own.map((one) => one.mb))
  console.log(
    `\nMedian with places: ${ms.toFixed(1)} ms, ${mb.toFixed(1)} MB; without: ${median(other.map((one) => one.ms)).toFixed(1)} ms, ${median(other.map((one) => one.mb)).toFixed(1)} MB.`,
  )
  if (ms > MOST_MS || mb > MOST_MB) process.exitCode = 1
  await file.close()
}

interface Tile {
  readonly factor: number
  readonly words: { readonly region: string; readonly size: string }
}

/** Tiles of one scale, spread over the picture. */
function tilesOf({ width, height }: { readonly width: number; readonly height: number }, factor: number, most: number): readonly Tile[] {
  const side = TILE * factor
  const [across, down] = [Math.ceil(width / side), Math.ceil(height / side)]
  const all = across * down
  const count = Math.min(all, most)
  return Array.from({ length: count }, (_, i) => {
    const n = Math.floor(((i + 0.5) * all) / count)
    const [x, y] = [(n % across) * side, Math.floor(n / across) * side]
    const [w, h] = [Math.min(side, width - x), Math.min(side, height - y)]
    return { factor, words: { region: [x, y, w, h].join(','), size: `${Math.ceil(w / factor)},${Math.ceil(h / factor)}` } }
  })
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0
const figures = (all: readonly Measured[]): readonly string[] => [
  median(all.map(({ ms }) => ms)).toFixed(1),
  Math.max(...all.map(({ mb }) => mb)).toFixed(1),
]

await makeLargePhotos([PHOTO])
if (values.viewer) await view(largePhoto(PHOTO))
else await measureTiles(Number(values.tiles))
