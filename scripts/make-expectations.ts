import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { syntheticPicture, type Picture } from '../test/expectations/picture.ts'

/**
 * Computes by php-gd and ImageMagick 6 what our operations of the same names must yield, and writes test/expectations/*.json.
 * Needs Debian's packages: apt-get install php-cli php-gd imagemagick fonts-liberation2. `--check` writes nothing and fails on a difference.
 */
const ROOT = resolve(import.meta.dirname, '..')
const OUT = join(ROOT, 'test/expectations')

type Pixels = Readonly<Record<string, string>>

const GD_JOBS = {
  negate: [['NEGATE']],
  grayscale: [['GRAYSCALE']],
  sepia: [['GRAYSCALE'], ['COLORIZE', 90, 60, 40]],
  edgedetect: [['EDGEDETECT']],
  emboss: [['EMBOSS']],
  blurgaussian: [['GAUSSIAN_BLUR']],
  blurselective: [['SELECTIVE_BLUR']],
  meanremoval: [['MEAN_REMOVAL']],
  smooth: [['SMOOTH', 1]],
  'brightness 60': [['BRIGHTNESS', 60]],
  'brightness -255': [['BRIGHTNESS', -255]],
  'brightness 255': [['BRIGHTNESS', 255]],
  'colorize 10 0 200': [['COLORIZE', 10, 0, 200]],
  // Photon's sign: GD's negative contrast is our positive one.
  ...Object.fromEntries([-100, -37, 0, 20, 100].map((level) => [`contrast ${level}`, [['CONTRAST', -level]]])),
  'flip horizontal': [['flip', 1]],
  'flip vertical': [['flip', 2]],
} as const

const IMAGEMAGICK_JOBS: Readonly<Record<string, readonly string[]>> = {
  enhance: ['-enhance'],
  ...Object.fromEntries(
    [
      [0.5, 0],
      [3, 0],
      [2, 0.5],
      [4, 3],
      [9, 5.2],
      [218, 11],
      [30, 0],
      [218, 465],
      [3000, 0],
      [5000, 5000],
    ].map(([sigma, radius]) => [`blur ${sigma} ${radius}`, ['-blur', `${radius}x${sigma}`]]),
  ),
}

const base64 = (bytes: Uint8Array | Uint8ClampedArray): string => Buffer.from(bytes).toString('base64')

function runGd(picture: Picture): Pixels {
  const input = JSON.stringify({ width: picture.width, height: picture.height, pixels: base64(picture.data), jobs: GD_JOBS })
  return JSON.parse(execFileSync('php', [join(ROOT, 'scripts/expectations.php')], { input, encoding: 'utf8' })) as Pixels
}

function runImageMagick({ width, height, data }: Picture, folder: string): Pixels {
  const source = join(folder, 'in.rgba')
  writeFileSync(source, data)
  const run = (args: readonly string[]): string =>
    base64(execFileSync('convert', ['-size', `${width}x${height}`, '-depth', '8', `rgba:${source}`, ...args, 'rgba:-'], { maxBuffer: 1e8 }))
  return Object.fromEntries(Object.entries(IMAGEMAGICK_JOBS).map(([name, args]) => [name, run(args)]))
}

/** Where ImageMagick's ink lies, per gravity: [left, top, right, bottom], all inclusive. */
function measureAnnotations(): Readonly<Record<string, readonly number[]>> {
  const font = '/usr/share/fonts/truetype/liberation2/LiberationSans-Regular.ttf'
  const gravities = ['NorthWest', 'North', 'NorthEast', 'West', 'Center', 'East', 'SouthWest', 'South', 'SouthEast']
  return Object.fromEntries(
    gravities.flatMap((gravity) =>
      ['HEI', 'HEI\nLH'].map((text) => {
        const args = [
          '-size',
          '160x120',
          'xc:white',
          '-font',
          font,
          '-pointsize',
          '24',
          '-gravity',
          gravity,
          '-annotate',
          '+7+5',
          text,
          '-colorspace',
          'Gray',
          '-depth',
          '8',
          'gray:-',
        ]
        return [`${gravity.toLowerCase()} ${text.replace('\n', '/')}`, inkOf(execFileSync('convert', args), 160)]
      }),
    ),
  )
}

function inkOf(gray: Uint8Array, width: number): readonly number[] {
  const box = [Infinity, Infinity, -1, -1] as [number, number, number, number]
  for (const [i, value] of gray.entries()) {
    if (value > 127) continue
    const [x, y] = [i % width, Math.floor(i / width)]
    box.splice(0, 4, Math.min(box[0], x), Math.min(box[1], y), Math.max(box[2], x), Math.max(box[3], y))
  }
  return box
}

const folder = mkdtempSync(join(tmpdir(), 'expectations-'))
try {
  const [opaque, translucent] = [syntheticPicture(30, 20, 'opaque'), syntheticPicture(30, 20, 'translucent')]
  const results = {
    'gd.json': { opaque: runGd(opaque), translucent: runGd(translucent) },
    'imagemagick.json': { opaque: runImageMagick(opaque, folder), translucent: runImageMagick(translucent, folder) },
    'annotation.json': measureAnnotations(),
  }
  for (const [name, result] of Object.entries(results)) {
    const text = `${JSON.stringify(result, null, 2)}\n`
    if (!process.argv.includes('--check')) writeFileSync(join(OUT, name), text)
    else if (readFileSync(join(OUT, name), 'utf8') !== text)
      throw new Error(`test/expectations/${name} is not what these programs compute.`)
  }
} finally {
  rmSync(folder, { recursive: true })
}
