// Extra check: needs ../shared/corpus beside the project (`npm run test:corpus`), and jpegtran. Other people's JPEGs in all symmetries.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { probeJpeg } from '../../../src/image/engine/jpeg/header.ts'
import { FLAGS, meaning, ORIENTATIONS, ours } from '../support/jpegtran.ts'

const CORPUS = resolve(import.meta.dirname, '../../../../shared/corpus')
const [MOST_FILES, MOST_PIXELS] = [100, 4_000_000]
const folder = mkdtempSync(join(tmpdir(), 'jpegtran-corpus-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Whether a file is of 8 bits, in gray or three colours, and small enough for the reader of the test. */
function isKept(file: Uint8Array): boolean {
  const { width, height, precision, process, colour, arithmetic } = probeJpeg(file)
  return (
    precision === 8 &&
    !arithmetic &&
    (process === 'baseline' || process === 'extended' || process === 'progressive') &&
    colour !== 'cmyk' &&
    colour !== 'ycck' &&
    width * height <= MOST_PIXELS
  )
}

/** Whether it is such a file, and nothing is wrong with it. */
async function isSound(file: Uint8Array): Promise<boolean> {
  try {
    return isKept(file) && (await ours(file, 1)).warnings.length === 0
  } catch {
    return false
  }
}

const paths = readdirSync(CORPUS, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.jpe?g$/i.test(path) && !path.startsWith('broken'))
  .map((path) => join(CORPUS, path))
  .toSorted((a, b) => statSync(a).size - statSync(b).size)

it(`${MOST_FILES} files of a collection have the coefficients of jpegtran -perfect in eight symmetries`, async () => {
  let [files, perfect] = [0, 0]
  for (const path of paths) {
    const file = new Uint8Array(readFileSync(path))
    if (files === MOST_FILES || !(await isSound(file))) continue
    const lines = ORIENTATIONS.map(
      (turn) => `rm -f ${turn}.jpg; jpegtran -copy none -perfect ${FLAGS[turn]} -outfile ${turn}.jpg "$1" || rm -f ${turn}.jpg`,
    )
    execFileSync('bash', ['-c', lines.join('\n'), 'bash', path], { cwd: folder, stdio: 'ignore' })
    if (!existsSync(join(folder, '1.jpg'))) continue // jpegtran warns of it
    files++
    for (const turn of ORIENTATIONS) {
      const [theirs, { result }] = [join(folder, `${turn}.jpg`), await ours(file, turn)]
      expect(result !== null, `${path} ${turn}`).toBe(existsSync(theirs))
      if (result) expect(meaning(result) === meaning(new Uint8Array(readFileSync(theirs))), `${path} ${turn}`).toBe(true)
      if (result) perfect++
    }
  }
  console.log(`${files} files, ${perfect} results of ${8 * files} are perfect`)
  expect(files).toBe(MOST_FILES)
})
