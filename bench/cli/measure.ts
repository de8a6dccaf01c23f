// 1,000 photographs of a folder by `emulsion render` and by sharp-cli on the same machine, in turns: `npm run bench:cli`, `… -- --rounds 3 --photos 1000
// --megapixels 2 --formats jpeg,webp --width 800`. sharp-cli is installed, pinned, into a folder of its own. Linux only: bash measures.
import { spawnSync } from 'node:child_process'
import { existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { buildCli } from '../../scripts/packages/build-cli.ts'
import { enlarge } from '../../scripts/samples/enlarge.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const SHARP_CLI = 'sharp-cli@6.1.0'
/** Different photographs; the others are links to them. */
const DISTINCT = 20
const RATIO = 3 / 2
const QUALITY = 80

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    photos: { type: 'string', default: '1000' },
    megapixels: { type: 'string', default: '2' },
    formats: { type: 'string', default: 'jpeg,webp' },
    width: { type: 'string', default: '800' },
  },
})
const photos = Number(values.photos)
const work = mkdtempSync(join(tmpdir(), 'emulsion-bench-cli-'))

interface Turn {
  readonly wall: number
  /** User and system time of all threads. */
  readonly cpu: number
}

async function main(): Promise<void> {
  await buildCli(join(work, 'program'))
  await makePhotos(join(work, 'in'))
  const sharpCli = installSharpCli(join(work, 'sharp-cli'))
  const programs = {
    emulsion: (format: string, out: string) => [
      join(work, 'program', 'emulsion.mjs'),
      'render',
      join(work, 'in'),
      '-w',
      values.width,
      '-f',
      format,
      '-q',
      String(QUALITY),
      '-o',
      `${out}/`,
    ],
    'sharp-cli': (format: string, out: string) => [
      sharpCli,
      '-i',
      join(work, 'in/*.jpg'),
      '-o',
      out,
      '-f',
      format,
      '-q',
      String(QUALITY),
      'resize',
      values.width,
    ],
  }
  console.log(
    `${photos} photographs of ${values.megapixels} megapixels to a width of ${values.width}, ${values.rounds} interleaved rounds; least times.`,
  )
  console.log('| to | program | wall s | CPU s | photographs a second of wall | of CPU | × sharp-cli, wall | × CPU |')
  console.log('|---|---|---|---|---|---|---|---|')
  for (const format of values.formats.split(',')) {
    const turns: Record<string, Turn[]> = { emulsion: [], 'sharp-cli': [] }
    for (let round = 0; round < Number(values.rounds); round++) {
      const order = Object.entries(programs)
      for (const [name, line] of round % 2 === 0 ? order : order.toReversed()) turns[name]?.push(measure((out) => line(format, out)))
    }
    const least = (name: string, of: keyof Turn): number => Math.min(...(turns[name] ?? []).map((turn) => turn[of]))
    for (const name of Object.keys(programs)) {
      const [wall, cpu] = [least(name, 'wall'), least(name, 'cpu')]
      const rates = [wall, cpu, photos / wall, photos / cpu, least('sharp-cli', 'wall') / wall, least('sharp-cli', 'cpu') / cpu]
      console.log(`| ${format} | ${name} | ${rates.map((rate) => rate.toFixed(2)).join(' | ')} |`)
    }
  }
}

async function makePhotos(folder: string): Promise<void> {
  mkdirSync(folder)
  const height = Math.round(Math.sqrt((Number(values.megapixels) * 1e6) / RATIO))
  const width = Math.round(height * RATIO)
  const names = Array.from({ length: photos }, (_, i) => join(folder, `${String(i).padStart(5, '0')}.jpg`))
  for (const [i, name] of names.entries()) {
    if (i >= DISTINCT) {
      linkSync(names[i % DISTINCT] ?? '', name)
      continue
    }
    const rgb = await enlarge(join(ROOT, `samples/${i % 2 ? 'lake' : 'still-life'}.jpg`), width, height, i + 1)
    writeFileSync(
      name,
      await sharp(rgb, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: 85 })
        .toBuffer(),
    )
  }
}

function installSharpCli(folder: string): string {
  mkdirSync(folder)
  const { status, stderr } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, SHARP_CLI], {
    encoding: 'utf8',
    timeout: 300_000,
  })
  const program = join(folder, 'node_modules/sharp-cli/bin/cli.js')
  if (status !== 0 || !existsSync(program)) throw new Error(`${SHARP_CLI} was not installed:\n${stderr}`)
  return program
}

function measure(line: (out: string) => readonly string[]): Turn {
  const out = join(work, 'out')
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out)
  const script = `TIMEFORMAT='TIMES %R %U %S'; time "$@" >/dev/null`
  const { status, stderr } = spawnSync('bash', ['-c', script, 'bash', process.execPath, ...line(out)], {
    encoding: 'utf8',
    timeout: 900_000,
  })
  const [, wall, user, system] = /TIMES (\S+) (\S+) (\S+)/.exec(stderr) ?? []
  const made = readdirSync(out).length
  if (status !== 0 || made !== photos) throw new Error(`${made} of ${photos} were made:\n${stderr}`)
  return { wall: Number(wall), cpu: Number(user) + Number(system) }
}

await main().finally(() => rmSync(work, { recursive: true, force: true }))
