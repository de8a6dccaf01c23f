/**
 * Compares this engine with others, in this process.
 *
 *   npm run bench                                     every case
 *   npm run bench -- --rounds 9 --json FILE           more rounds; the figures as JSON too
 *   npm run bench -- --input FILE --width 800 --format jpeg
 *   npm run bench -- --calibrate                      measures what src/image/costs.ts says, and writes it (HEIC needs Debian's heif-enc)
 *   npm run bench -- --calibrate --only heic          the same of one format's decoder and encoder
 *   npm run bench -- --only progressive               the cases whose picture or job contains the word
 *
 *   npm run bench -- --only hits                      cached pictures a second, beside a Worker that says hello (these stand at the end of every run of all cases)
 *
 * The project's own large pictures are made when they are first used. A case that fails is named, and the exit code is 1.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { buildAssembly } from '../scripts/build-assembly.ts'
import { calibrate } from './calibrate.ts'
import { allCases, makeSamples } from './cases.ts'
import { hitsText, measureHits } from './hits/measure.ts'
import { type Case, scaling } from './job.ts'
import { measureCase } from './measure.ts'
import { preamble, table } from './report.ts'
import { runCases } from './run-cases.ts'
import { buildWorker } from '../src/local/build.ts'

const { values } = parseArgs({
  options: {
    input: { type: 'string' },
    width: { type: 'string', default: '800' },
    format: { type: 'string', default: 'jpeg' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
    calibrate: { type: 'boolean', default: false },
  },
})

const HITS_SECONDS = 2
const rounds = wholeNumber('rounds', values.rounds)

function wholeNumber(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number above 0, not ${text}.`)
  return value
}

function chosenCases(): readonly Case[] {
  const { input, format } = values
  if (input === undefined) return allCases().filter((one) => one.input.includes(values.only) || one.job.name.includes(values.only))
  if (!existsSync(input)) throw new Error(`--input: ${input} is not there.`)
  const wish = format === 'jpg' ? 'jpeg' : format
  if (wish !== 'jpeg' && wish !== 'webp' && wish !== 'png') throw new Error(`--format knows jpeg, webp and png, not ${format}.`)
  return [{ file: input, input: basename(input), job: scaling(wholeNumber('width', values.width), wish) }]
}

async function compare(): Promise<void> {
  const cases = chosenCases()
  await makeSamples(cases)
  const { measured, failures } = await runCases(cases, (one) => measureCase(one, rounds), console.error)
  console.log(`${preamble(rounds)}\n\n${table(measured)}`)
  if (failures.length > 0) console.log(`\n${failures.join('\n')}`)
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ cases: measured, failures }, null, 2)}\n`)
  if (failures.length > 0) process.exitCode = 1
}

/** Hits of the whole service on workerd. */
async function compareHits(): Promise<void> {
  const dist = 'build/bench-hits'
  await buildWorker(dist)
  console.log(`\n${hitsText(await measureHits(dist, rounds, HITS_SECONDS), rounds)}`)
}

await buildAssembly()
if (values.calibrate) await calibrate(rounds, values.only, console.error)
else {
  if (values.only !== 'hits') await compare()
  if (values.input === undefined && ['', 'hits'].includes(values.only)) await compareHits()
}
