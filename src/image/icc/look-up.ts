import { readCurve, throughSamples, type Curve } from './curve.ts'
import type { Triple } from './matrix.ts'
import { signatureAt, viewOf, type Profile } from './profile.ts'
import type { Table } from './table.ts'

/**
 * Device colours to the profile connection space by a table: for each input a curve to 0 … 1, then the table over the inputs' cube, then what is left
 * to do for a colour that the table gave.
 */
export interface LookUp {
  readonly inputs: readonly Curve[]
  readonly table: Table
  /** A colour that the table gave as the profile connection space encodes it: Lab by L / 100 and (a, b) / 255 + 128 / 255, or XYZ by 32768 / 65535. */
  finish(colour: Triple): Triple
  /** The colour that stands for black, XYZ relative to D50. */
  readonly black: Triple
}

/** Black of the perceptual intent's reference medium, from version 4 on (ICC.1:2022 §6.3.4.3). */
const REFERENCE_BLACK: Triple = [0.00336, 0.0034731, 0.00287]

/** Bounds of work and memory: four inputs of 21 points, three of 58. */
const MAX_SAMPLES = 200_000

/** The table of the profile's perceptual intent (ICC.1:2022 §9.2.2): `mft1`, `mft2` or `mAB `. `null` when it has none with so many inputs, or a damaged one. */
export function readLookUp(profile: Profile, inputs: 3 | 4): LookUp | null {
  const data = profile.tag('A2B0')
  const read = data && readTag(data, inputs, profile.pcs)
  return read && { ...read, black: profile.version >= 4 ? REFERENCE_BLACK : [0, 0, 0] }
}

type Read = Omit<LookUp, 'black'>

function readTag(data: Uint8Array, inputs: 3 | 4, pcs: string): Read | null {
  if (data.length < 32 || data[8] !== inputs || data[9] !== 3) return null
  switch (signatureAt(data, 0)) {
    case 'mft1':
      return readTables(data, inputs, { bytes: 1, header: 48, entries: 256, outputs: 256 }, (colour) => colour)
    case 'mft2': {
      const view = viewOf(data)
      const [entries, outputs] = [view.getUint16(48), view.getUint16(50)]
      return readTables(data, inputs, { bytes: 2, header: 52, entries, outputs }, pcs === 'Lab ' ? fromOldLab : (colour) => colour)
    }
    case 'mAB ':
      return readStages(data, inputs)
    default:
      return null
  }
}

/** 16 bits of version 2: white is at 0xff00 (ICC.1:2022 §10.12, table 43). */
const fromOldLab = (colour: Triple): Triple => {
  const scaled = (value: number): number => (value * 65535) / 65280
  return [scaled(colour[0]), scaled(colour[1]), scaled(colour[2])]
}

interface TableForm {
  /** Bytes a number. */
  readonly bytes: 1 | 2
  /** Where the input tables begin. */
  readonly header: number
  /** Entries of each input and output table. */
  readonly entries: number
  readonly outputs: number
}

/** `lut8Type` and `lut16Type` (§10.11, §10.10): input tables, table, output tables. Their matrix is for XYZ as input alone. */
function readTables(data: Uint8Array, inputs: number, form: TableForm, decode: (colour: Triple) => Triple): Read | null {
  const points = data[10] ?? 0
  const count = points ** inputs * 3
  const { bytes, header, entries, outputs } = form
  if (points < 2 || count / 3 > MAX_SAMPLES || entries < 2 || entries > 4096 || outputs < 2 || outputs > 4096) return null
  if (header + (inputs * entries + count + 3 * outputs) * bytes > data.length) return null
  const numbers = numbersOf(data, bytes)
  const curve = (at: number, length: number): Curve => throughSamples(Float64Array.from({ length }, (_, i) => numbers(at + i * bytes)))
  const table = header + inputs * entries * bytes
  const ends = table + count * bytes
  const curves = [0, 1, 2].map((i) => curve(ends + i * outputs * bytes, outputs))
  return {
    inputs: Array.from({ length: inputs }, (_, i) => curve(header + i * entries * bytes, entries)),
    table: {
      sides: Array.from({ length: inputs }, () => points),
      samples: Float32Array.from({ length: count }, (_, i) => numbers(table + i * bytes)),
    },
    finish: (colour) => decode(throughCurves(curves, colour)),
  }
}

/** Reads a number at a byte, 0 to 1. */
function numbersOf(data: Uint8Array, bytes: number): (at: number) => number {
  const view = viewOf(data)
  return bytes === 1 ? (at) => view.getUint8(at) / 255 : (at) => view.getUint16(at) / 65535
}

const throughCurves = ([first, second, third]: readonly Curve[], [x, y, z]: Triple): Triple => [
  first?.(x) ?? x,
  second?.(y) ?? y,
  third?.(z) ?? z,
]

/** `lutAToBType` (§10.12): A curves, table, M curves, matrix, B curves. Those between A and B may be absent; with a table all are read. */
function readStages(data: Uint8Array, inputs: number): Read | null {
  const view = viewOf(data)
  const [atB, atMatrix, atM, atTable, atA] = [12, 16, 20, 24, 28].map((at) => view.getUint32(at))
  const curvesB = readCurves(data, atB ?? 0, 3)
  const curvesM = atM ? readCurves(data, atM, 3) : []
  const curvesA = atA ? readCurves(data, atA, inputs) : Array.from({ length: inputs }, () => (value: number) => value)
  const table = atTable ? readTable(data, atTable, inputs) : identity(inputs)
  const matrix = atMatrix ? readMatrix(data, atMatrix) : (colour: Triple): Triple => colour
  if (!curvesA || !curvesB || !curvesM || !table || !matrix) return null
  return { inputs: curvesA, table, finish: (colour) => throughCurves(curvesB, matrix(throughCurves(curvesM, colour))) }
}

/** Curves one behind the other, each at a multiple of four bytes. */
function readCurves(data: Uint8Array, from: number, count: number): readonly Curve[] | null {
  const curves: Curve[] = []
  let at = from
  while (curves.length < count) {
    const read = readCurve(data.subarray(at))
    if (!read) return null
    curves.push(read.curve)
    at += (read.bytes + 3) & ~3
  }
  return curves
}

/** §10.12.3: points along each input, bytes a number, numbers. */
function readTable(data: Uint8Array, at: number, inputs: number): Table | null {
  const sides = [...data.subarray(at, at + inputs)]
  const bytes = data[at + 16] ?? 0
  const count = sides.reduce((product, side) => product * side, 3)
  if (sides.length < inputs || sides.some((side) => side < 2) || count / 3 > MAX_SAMPLES) return null
  if ((bytes !== 1 && bytes !== 2) || at + 20 + count * bytes > data.length) return null
  const numbers = numbersOf(data, bytes)
  return { sides, samples: Float32Array.from({ length: count }, (_, i) => numbers(at + 20 + i * bytes)) }
}

/** Without a table: three inputs are the three values. */
const identity = (inputs: number): Table | null =>
  inputs === 3 ? { sides: [2, 2, 2], samples: Float32Array.from({ length: 24 }, (_, i) => (Math.floor(i / 3) >> (2 - (i % 3))) & 1) } : null

/** §10.12.5: 3 × 3, then what is added. */
function readMatrix(data: Uint8Array, at: number): ((colour: Triple) => Triple) | null {
  if (at + 48 > data.length) return null
  const view = viewOf(data)
  const e = Array.from({ length: 12 }, (_, i) => view.getInt32(at + i * 4) / 65536)
  const row = (i: number, [x, y, z]: Triple): number =>
    (e[i * 3] ?? 0) * x + (e[i * 3 + 1] ?? 0) * y + (e[i * 3 + 2] ?? 0) * z + (e[9 + i] ?? 0)
  return (colour) => [row(0, colour), row(1, colour), row(2, colour)]
}
