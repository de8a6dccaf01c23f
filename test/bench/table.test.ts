import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Input, INPUTS, nameOf, OUTPUTS, streams, type TableCase, tableCases } from '../../bench/table/cases.ts'
import { isFault, line, type Row, statusOf, summary } from '../../bench/table/outcome.ts'
import { measureCase, planCase } from '../../bench/table/run.ts'
import { runTheirs } from '../../bench/table/theirs.ts'
import { AppError } from '../../src/errors.ts'
import { OPERATION_NAMES } from '../../src/image/plan.ts'

/** Just under the default limits of pixels and of a side, with room for a margin. */
const LARGEST = { width: 11_900, height: 8300 }
const SMALL = { width: 600, height: 418 }

const CASES = tableCases({ megapixels: [100], only: [], inputs: Object.keys(INPUTS) as Input[], outputs: OUTPUTS })
const idOf = (one: TableCase): string => `${one.input} ${nameOf(one)} ${one.width ?? 'full'} ${one.output}`

/** Of photographs of this size, as scripts/samples makes them: plans count with them. */
const FILE_BYTES = { jpeg: 13_700_000, progressive: 13_200_000, png: 25_200_000 } as const

/** A file whose header claims another size, and that is as long as such a file is: planning reads no more. */
function claiming(file: Buffer, { width, height }: typeof LARGEST, bytes: number): Buffer {
  const claimed = Buffer.concat([file, Buffer.alloc(bytes - file.length)])
  if (file.subarray(1, 4).toString() === 'PNG') {
    claimed.writeUInt32BE(width, 16)
    claimed.writeUInt32BE(height, 20)
    claimed.writeUInt32BE(crc32(claimed.subarray(12, 29)), 29)
    return claimed
  }
  const frame = Math.max(file.indexOf('ffc00011', 0, 'hex'), file.indexOf('ffc20011', 0, 'hex'))
  claimed.writeUInt16BE(height, frame + 5)
  claimed.writeUInt16BE(width, frame + 7)
  return claimed
}

async function greyFiles({ width, height }: typeof LARGEST): Promise<Readonly<Record<Input, Buffer>>> {
  const grey = sharp({ create: { width, height, channels: 3, background: '#888' } })
  return {
    jpeg: await grey.clone().jpeg().toBuffer(),
    progressive: await grey.clone().jpeg({ progressive: true }).toBuffer(),
    png: await grey.clone().png().toBuffer(),
  }
}

describe('the cases', () => {
  it('hold every operation, at full size and scaled, those that stream first', () => {
    expect(new Set(CASES.map(({ op }) => op))).toEqual(new Set(OPERATION_NAMES))
    expect(new Set(CASES.map((one) => `${one.op} ${one.width}`)).size).toBe(OPERATION_NAMES.length * 2)
    expect(new Set(CASES.map(idOf)).size).toBe(CASES.length)
    expect(CASES.map(streams).toSorted((a, b) => Number(b) - Number(a))).toEqual(CASES.map(streams))
    expect(CASES.filter((one) => !streams(one)).every(({ width }) => width === null)).toBe(true)
  })
})

/** What streams and is refused all the same at 100 megapixels. */
const isKnown = ({ input, op, wish, width, output }: TableCase): boolean =>
  // The coefficients of a progressive file are held, unless it is made much smaller.
  (input === 'progressive' && (width === null || op === 'text')) ||
  // From planes to planes, the planes are held while they are mirrored.
  (input === 'jpeg' && width === null && output === 'jpeg' && wish.name === 'left to right') ||
  // The layer of a quarter of the picture is held.
  (op === 'composite' && width === null)

it('no plan that streams is refused at 100 megapixels, but those that are known', async () => {
  const files = await greyFiles(SMALL)
  const large = Object.fromEntries(
    Object.entries(files).map(([input, file]) => [input, claiming(file, LARGEST, FILE_BYTES[input as Input])]),
  )
  const refused: string[] = []
  for (const one of CASES.filter((each) => streams(each) && !isKnown(each))) {
    try {
      await planCase(one, large[one.input] ?? files[one.input], LARGEST)
    } catch (thrown) {
      refused.push(`${idOf(one)}${thrown instanceof AppError ? '' : `: ${String(thrown)}`}`)
    }
  }
  expect(refused).toEqual([])
})

describe('every wish on a small picture', () => {
  let files: Readonly<Record<Input, Buffer>>
  beforeAll(async () => {
    files = await greyFiles(SMALL)
  })

  it.each(
    CASES.filter(({ input, width, output }) => input === 'jpeg' && width === null && output === 'png').map((one) => ({
      id: idOf(one),
      one,
    })),
  )('$id holds its plan, and sharp can do it', async ({ one }) => {
    const planned = await planCase(one, files.jpeg, SMALL)
    const { all, working } = await measureCase(planned, one, files.jpeg)
    expect(working).toBeGreaterThan(100_000) // the core alone has more
    expect(all).toBeLessThanOrEqual(planned.bytes.all)
    expect(planned.bytes.working).toBeLessThan(planned.bytes.all)
    await runTheirs(one, files.jpeg, SMALL)?.()
  })
})

const OK: Row = {
  megapixels: 12,
  input: 'jpeg',
  operation: 'blur',
  width: null,
  output: 'png',
  streams: true,
  status: 'ok',
  planned: { all: 50_000_000, working: 20_000_000 },
  measured: { all: 45_000_000, working: 15_000_000 },
  plannedMs: 250,
  ms: 300,
  theirMs: 100,
}

describe('a row', () => {
  it.each<[string, Row, boolean]>([
    ['that runs', OK, false],
    ['that streams and is refused', { ...OK, status: 'refused' }, true],
    ['that is whole and is refused', { ...OK, status: 'refused', streams: false }, false],
    ['whose result is over the cap', { ...OK, status: 'cap' }, false],
    ['that failed', { ...OK, status: 'failed', streams: false }, true],
    ['that streams in 32 MB', { ...OK, measured: { all: 45_000_000, working: 32_000_000 } }, false],
    ['that streams in more', { ...OK, measured: { all: 45_000_000, working: 32_000_001 } }, true],
    ['that is whole in more', { ...OK, streams: false, measured: { all: 45_000_000, working: 32_000_001 } }, false],
    ['that takes more than planned', { ...OK, streams: false, measured: { all: 50_000_001, working: 1 } }, true],
  ])('%s', (_name, row, fault) => {
    expect(isFault(row)).toBe(fault)
  })

  it('shows figures in megabytes and as a ratio', () => {
    expect(line(OK)).toBe('| 12 | jpeg | blur | full | png | ok | 50.0 | 20.0 | 45.0 | 15.0 | 250 | 300 | 3.00 |')
  })

  it.each([
    [new AppError('too_many_pixels', { reason: 'Expected less.' }), 'refused', 'too_many_pixels: Expected less.'],
    [new AppError('output_too_large', { field: 'resize', reason: 'Expected less.' }), 'refused', 'output_too_large: Expected less.'],
    [new AppError('output_too_large', { field: 'output', reason: 'Expected less.' }), 'cap', 'output_too_large: Expected less.'],
    [new AppError('invalid_image', { reason: 'Expected a picture.' }), 'failed', 'invalid_image: Expected a picture.'],
    [new RangeError('out of bounds'), 'failed', 'RangeError: out of bounds'],
  ])('tells what %s is', (thrown, status, reason) => {
    expect(statusOf(thrown)).toEqual({ status, reason })
  })
})

it('the summary counts whole operations apart, and lists faults and slow rows', () => {
  const rows: Row[] = [
    { ...OK, ms: 100 },
    OK,
    { ...OK, operation: 'rotate 33', status: 'refused', streams: false, ms: 1 },
    { ...OK, operation: 'text', status: 'refused', ms: 1 },
  ]
  const text = summary(rows).split('\n')
  expect(text[0]).toBe(
    'Streaming: 2 of 3 ok, 1 refused, 0 with a result over the cap, 0 failed, 0 over 32 MB (at most 15.0), 0 planned with more, 0 over their plan',
  )
  expect(text[1]).toMatch(/^Whole, at full size: 0 of 1 ok, 1 refused/)
  expect(text.filter((one) => one.startsWith('| 12')).map((one) => one.split(' | ')[2])).toEqual(['text', 'blur'])
})
