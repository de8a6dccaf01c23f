import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parseImageQuery } from '../../../src/http/dialects/bytescale/image-query/parse.ts'
import { execute } from '../../../src/image/execute.ts'
import { NO_INPUTS } from '../../../src/image/context.ts'
import { planExecution } from '../../../src/image/planner.ts'
import { openImageContext } from '../../support/image-context.ts'
import { photo } from '../../support/pictures.ts'
import { run as runHere } from '../../../packages/cli/src/run.ts'
import { fakeTerminal } from './terminal.ts'
import { buildProgram, runProgram } from './run-program.ts'

const LIMITS = { maxSteps: 64, maxPixels: 1e8, maxSide: 12_000, memoryBytes: 80_000_000 }

/** What a renderer makes of a URL's query. */
async function rendered(query: string, file: Uint8Array): Promise<Buffer> {
  const execution = planExecution(parseImageQuery([...new URLSearchParams(query)]).plan, file, LIMITS)
  const inputs = execution.steps.map(() => NO_INPUTS)
  return Buffer.from((await execute(execution, file, inputs, openImageContext().context, async (_, work) => work())).body)
}

let folder = ''
const folders: string[] = []
const at = (name: string): string => join(folder, name)
const names = (below = ''): readonly string[] => readdirSync(at(below), { recursive: true, encoding: 'utf8' }).sort()
const run = (...args: string[]) => runProgram(['render', ...args], { cwd: folder })

beforeAll(buildProgram)
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'emulsion-cli-'))
  folders.push(folder)
  writeFileSync(at('a.jpg'), await photo({ width: 160, height: 107 }))
})
afterAll(() => folders.forEach((each) => rmSync(each, { recursive: true, force: true })))

describe('one file', () => {
  it.each([
    [['-w', '80', '-f', 'webp'], 'w=80&f=webp', 'a.webp'],
    [['--width=80', '--format', 'png', '--grayscale'], 'w=80&f=png&grayscale=true', 'a.png'],
    [['-w80', '-o', 'b.avif'], 'w=80&f=avif', 'b.avif'],
    [
      ['-w', '64', '--text', 'Ägypten', '--gravity', 'top', '--rotate', '-90', '-o', 'new/{name}-64.{ext}'],
      'w=64&text=Ägypten&gravity=top&rotate=-90',
      'new/a-64.jpg',
    ],
    [['-f', 'json', '--fields', 'width,exif'], 'f=json&fields=width,exif', 'a.json'],
  ])('%j gives what %s gives', async (args, query, output) => {
    expect(await run('a.jpg', ...args)).toMatchObject({ code: 0, stderr: '' })
    expect(readFileSync(at(output))).toEqual(await rendered(query, await photo({ width: 160, height: 107 })))
    expect(names().filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('goes to standard output and nowhere else', async () => {
    const { code, stdout, stderr } = await run('a.jpg', '-w', '32', '-f', 'png', '-o', '-')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toEqual(await rendered('w=32&f=png', await photo({ width: 160, height: 107 })))
    expect(names()).toEqual(['a.jpg'])
  })

  it('is written over nothing without --force, over a link and not its target with it, and never over a source', async () => {
    writeFileSync(at('other'), 'other')
    symlinkSync('other', at('a.webp'))
    expect(await run('a.jpg', '-w', '32', '-f', 'webp')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('a.webp exists: --force replaces it.'),
    })
    expect(readFileSync(at('a.webp'), 'utf8')).toBe('other')
    expect(await run('a.jpg', '-w', '32', '-f', 'webp', '--force')).toMatchObject({ code: 0 })
    expect(readFileSync(at('other'), 'utf8')).toBe('other')
    expect(readFileSync(at('a.webp')).subarray(8, 12).toString()).toBe('WEBP')
    expect(await run('a.jpg', '-w', '32', '--force')).toMatchObject({ code: 1, stderr: expect.stringContaining('is a source') })
    expect(readFileSync(at('a.jpg'))).toEqual(Buffer.from(await photo({ width: 160, height: 107 })))
  })

  it.each([
    [[], 'Expected files, folders or patterns, received nothing.'],
    [['a.jpg', '--wdith', '3'], 'The option --wdith is not known. Did you mean --width?'],
    [['a.jpg', '-w', 'abc'], 'Expected an integer of at least 1 for "w", received "abc".'],
    [['a.jpg', '-w'], 'Expected an integer behind -w, received nothing.'],
    [['a.jpg', '-w', '1', '--width', '2'], 'Expected "w" once, received it twice.'],
    [['a.jpg', '-o', 'b.tiff'], 'received ".tiff"'],
    [['a.jpg', '-o', '{size}.jpg'], 'Expected {dir}, {name} or {ext} in --output, received "{size}".'],
    [['a.jpg', '--jobs', '0'], 'Expected a whole number from 1 to 256 for --jobs, received "0".'],
    [['a.jpg', 'a.jpg', '-o', 'x', 'nothing*.jpg'], 'Expected a pattern of pictures, received "nothing*.jpg", which matches none.'],
    [['a.jpg', '--layer-w', '3'], 'The parameter is "layer-w".'],
  ])('%j is a wrong command line', async (args, sentence) => {
    const { terminal, err } = fakeTerminal()
    const code = await runHere(['render', ...args.map((each) => each.replace('a.jpg', at('a.jpg')))], terminal)
    expect(err.join('\n')).toContain(sentence)
    expect(code).toBe(2)
    expect(names()).toEqual(['a.jpg'])
  })
})

describe('many files', () => {
  beforeEach(async () => {
    for (const name of ['in/b c.jpg', 'in/-w.jpg', 'in/deep/d.JPG', 'in/deep/same.png', 'in/none.txt']) {
      mkdirSync(join(at(name), '..'), { recursive: true })
      writeFileSync(at(name), await photo({ width: 64, height: 43, format: name.endsWith('png') ? 'png' : 'jpeg' }))
    }
  })

  it('keep their places below a folder, and each has the bytes that it has alone', async () => {
    const { code, stderr, stdout } = await run('in', '-w', '32', '-o', 'out/', '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(names('out')).toEqual(['-w.jpg', 'b c.jpg', 'deep', 'deep/d.JPG', 'deep/same.png'])
    expect(readFileSync(at('out/deep/d.JPG'))).toEqual(await rendered('w=32', await photo({ width: 64, height: 43 })))
    const lines = stdout
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { source: string; output: string; bytes: number })
    expect(lines.map(({ output }) => output).sort()).toEqual(
      ['-w.jpg', 'b c.jpg', 'deep/d.JPG', 'deep/same.png'].map((name) => at(`out/${name}`)),
    )
    for (const { output, bytes } of lines) expect(readFileSync(output).length).toBe(bytes)
  })

  it('one that is broken, is not there or would take the place of another fails alone', async () => {
    writeFileSync(at('in/broken.jpg'), readFileSync(at('in/b c.jpg')).subarray(0, 100))
    symlinkSync('nowhere', at('in/lost.png'))
    symlinkSync('.', at('in/circle.jpg'))
    writeFileSync(at('in/deep/same.jpg'), readFileSync(at('in/b c.jpg')))
    const { code, stderr } = await run('in/', '-w', '16', '-f', 'webp', '-o', 'out/', '-j', '2')
    expect(code).toBe(1)
    expect(stderr).toMatch(/broken\.jpg: The image is damaged/)
    expect(stderr).toMatch(/lost\.png: ENOENT/)
    expect(stderr).toMatch(/same\.\w+: .*same\.webp is the result of .*same\.\w+ already/)
    expect(stderr).toMatch(/4 of 7 rendered in .*, 3 failed/)
    expect(names('out')).toEqual(['-w.webp', 'b c.webp', 'deep', 'deep/d.webp', 'deep/same.webp'])
  })

  it('are named by patterns, and behind -- by names that look like options', async () => {
    expect(await run('in/**/*.{jpg,JPG}', '-w', '8', '-o', '{dir}/{name}.small.{ext}')).toMatchObject({ code: 0 })
    expect(names('in').filter((name) => name.includes('small'))).toEqual(['-w.small.jpg', 'b c.small.jpg', 'deep/d.small.JPG'])
    const inside = await runProgram(['render', '-w', '8', '-o', 'x.png', '--', '-w.jpg'], { cwd: at('in') })
    expect(inside).toMatchObject({ code: 0, stderr: '' })
    expect(existsSync(at('in/x.png'))).toBe(true)
  })

  it('are left as they are by Ctrl-C: what is done is whole, and nothing else is there', async () => {
    for (let i = 0; i < 40; i++) writeFileSync(at(`in/${i}.jpg`), readFileSync(at('a.jpg')))
    const { code, stdout } = await runProgram(['render', 'in', '-o', 'out/', '-f', 'png', '-w', '400', '--json', '-j', '1'], {
      cwd: folder,
      signal: 'SIGINT',
    })
    expect(code).toBe(130)
    const told = stdout.toString().trim().split('\n').length
    expect(told).toBeLessThan(44)
    const made = names('out').filter((name) => name.endsWith('.png'))
    const whole = await rendered('w=400&f=png', readFileSync(at('a.jpg')))
    for (const name of made.filter((each) => /^\d/.test(each))) expect(readFileSync(at(`out/${name}`))).toEqual(whole)
    expect(names('out').filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('need a folder', async () => {
    expect(await run('in', '-o', 'one.jpg')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Expected a folder (with "/" at its end)'),
    })
  })
})
