// Writes ICC profiles (ICC.1:2022), as many as tests need.
import { toXyz, type Primaries } from '../../../src/image/icc/primaries.ts'

const fixed = (value: number): number => Math.round(value * 65536)

function bytes(size: number, write: (view: DataView) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(size))
  write(view)
  return new Uint8Array(view.buffer)
}

const put = (view: DataView, at: number, text: string): void =>
  [...text].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)))

export const xyz = (values: readonly number[]): Uint8Array =>
  bytes(20, (view) => {
    put(view, 0, 'XYZ ')
    values.forEach((value, i) => view.setInt32(8 + i * 4, fixed(value)))
  })

/** `curv` of samples from 0 to 1; without one it is the identity. */
export const samples = (values: readonly number[]): Uint8Array =>
  bytes(12 + values.length * 2, (view) => {
    put(view, 0, 'curv')
    view.setUint32(8, values.length)
    values.forEach((value, i) => view.setUint16(12 + i * 2, Math.round(value * 65535)))
  })

/** `curv` of one number. */
export const gamma = (value: number): Uint8Array =>
  bytes(14, (view) => {
    put(view, 0, 'curv')
    view.setUint32(8, 1)
    view.setUint16(12, Math.round(value * 256))
  })

/** `para` of function type 0 to 4. */
export const parametric = (type: number, parameters: readonly number[]): Uint8Array =>
  bytes(12 + parameters.length * 4, (view) => {
    put(view, 0, 'para')
    view.setUint16(8, type)
    parameters.forEach((value, i) => view.setInt32(12 + i * 4, fixed(value)))
  })

export const SRGB_CURVE = parametric(3, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045])

/** A display profile of these tags, in their order. */
export function profile(colourSpace: string, tags: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const entries = [['desc', description()], ['wtpt', xyz([0.9642, 1, 0.8249])], ...Object.entries(tags)] as [string, Uint8Array][]
  const start = 128 + 4 + entries.length * 12
  const offsets = entries.reduce((all, [, data]) => [...all, (all.at(-1) ?? 0) + ((data.length + 3) & ~3)], [start])
  return bytes(offsets.at(-1) ?? start, (view) => {
    view.setUint32(0, view.byteLength)
    view.setUint32(8, 0x02400000) // version 2: from 4 on lcms compensates black points by itself
    put(view, 12, 'mntr')
    put(view, 16, colourSpace)
    put(view, 20, 'XYZ ')
    put(view, 36, 'acsp')
    ;[0.9642, 1, 0.8249].forEach((value, i) => view.setInt32(68 + i * 4, fixed(value)))
    view.setUint32(128, entries.length)
    for (const [i, [name, data]] of entries.entries()) {
      put(view, 132 + i * 12, name)
      view.setUint32(136 + i * 12, offsets[i] ?? 0)
      view.setUint32(140 + i * 12, data.length)
      new Uint8Array(view.buffer).set(data, offsets[i])
    }
  })
}

const description = (): Uint8Array =>
  bytes(30, (view) => {
    put(view, 0, 'mluc')
    view.setUint32(8, 1)
    view.setUint32(12, 12)
    put(view, 16, 'enUS')
    view.setUint32(20, 2)
    view.setUint32(24, 28)
    view.setUint16(28, 0x54)
  })

export function matrixProfile(primaries: Primaries, curve: Uint8Array): Uint8Array {
  const rows = toXyz(primaries)
  if (!rows) throw new Error('These primaries span no colours.')
  const column = (i: 0 | 1 | 2): Uint8Array => xyz(rows.map((row) => row[i]))
  return profile('RGB ', { rXYZ: column(0), gXYZ: column(1), bXYZ: column(2), rTRC: curve, gTRC: curve, bTRC: curve })
}

export const grayProfile = (curve: Uint8Array): Uint8Array => profile('GRAY', { kTRC: curve })

/** Three values of 0 to 1 from levels of 0 to 1. */
export type Device = (levels: readonly number[]) => readonly number[]

interface TableProfile {
  readonly colourSpace: 'RGB ' | 'CMYK'
  readonly pcs: 'Lab ' | 'XYZ '
  /** Points along each input. */
  readonly points: number
  /** Values of the profile connection space, as it encodes them in version 4. */
  readonly device: Device
}

/** All points of a lattice, the last input fastest. */
function lattice(inputs: number, points: number): readonly (readonly number[])[] {
  return Array.from({ length: points ** inputs }, (_, i) =>
    Array.from({ length: inputs }, (_unused, input) => (Math.floor(i / points ** (inputs - 1 - input)) % points) / (points - 1)),
  )
}

const inputsOf = ({ colourSpace }: TableProfile): number => (colourSpace === 'CMYK' ? 4 : 3)

/** `mft1` or `mft2`, whose input tables are squares and whose lattice lies over their roots. */
export function tablesTag(form: TableProfile, size: 1 | 2): Uint8Array {
  const inputs = inputsOf(form)
  const entries = size === 1 ? 256 : 64
  const white = form.pcs === 'Lab ' && size === 2 ? 65280 : size === 1 ? 255 : 65535
  const square = Array.from({ length: entries }, (_, i) => (i / (entries - 1)) ** 2)
  const linear = Array.from({ length: entries }, (_, i) => i / (entries - 1))
  const table = lattice(inputs, form.points).flatMap((place) => form.device(place.map(Math.sqrt)))
  const full = size === 1 ? 255 : 65535
  const numbers = [
    ...Array.from({ length: inputs }, () => square)
      .flat()
      .map((value) => value * full),
    ...table.map((value) => value * white),
    ...[linear, linear, linear].flat().map((value) => value * full),
  ]
  const header = size === 1 ? 48 : 52
  return bytes(header + numbers.length * size, (view) => {
    put(view, 0, size === 1 ? 'mft1' : 'mft2')
    view.setUint8(8, inputs)
    view.setUint8(9, 3)
    view.setUint8(10, form.points)
    ;[0, 4, 8].forEach((at) => view.setInt32(12 + at * 4, 65536))
    if (size === 2) [48, 50].forEach((at) => view.setUint16(at, entries))
    numbers.forEach((value, i) => {
      const number = Math.min(full, Math.max(0, Math.round(value)))
      if (size === 1) view.setUint8(header + i, number)
      else view.setUint16(header + i * 2, number)
    })
  })
}

/** `mAB `: these curves before the table, and behind it curves, a matrix of nine and three numbers, and curves again. */
export function stagesTag(
  form: TableProfile,
  stages: { readonly a: Uint8Array; readonly m: Uint8Array; readonly matrix: readonly number[]; readonly b: Uint8Array },
): Uint8Array {
  const inputs = inputsOf(form)
  const padded = (data: Uint8Array): Uint8Array => bytes((data.length + 3) & ~3, (view) => new Uint8Array(view.buffer).set(data))
  const curves = (curve: Uint8Array, count: number): Uint8Array =>
    new Uint8Array(Buffer.concat(Array.from({ length: count }, () => padded(curve))))
  const table = lattice(inputs, form.points).flatMap(form.device)
  const parts = {
    b: curves(stages.b, 3),
    matrix: bytes(48, (view) => stages.matrix.forEach((value, i) => view.setInt32(i * 4, fixed(value)))),
    m: curves(stages.m, 3),
    table: padded(
      bytes(20 + table.length * 2, (view) => {
        for (let i = 0; i < inputs; i++) view.setUint8(i, form.points)
        view.setUint8(16, 2)
        table.forEach((value, i) => view.setUint16(20 + i * 2, Math.round(Math.min(1, Math.max(0, value)) * 65535)))
      }),
    ),
    a: curves(stages.a, inputs),
  }
  const all = Object.values(parts)
  return bytes(32 + all.reduce((sum, { length }) => sum + length, 0), (view) => {
    put(view, 0, 'mAB ')
    view.setUint8(8, inputs)
    view.setUint8(9, 3)
    let at = 32
    all.forEach((part, i) => {
      view.setUint32(12 + i * 4, at)
      new Uint8Array(view.buffer).set(part, at)
      at += part.length
    })
  })
}

/** A profile of a table, of version 2 or 4. */
export function tableProfile(
  { colourSpace, pcs }: Pick<TableProfile, 'colourSpace' | 'pcs'>,
  tags: Readonly<Record<string, Uint8Array>>,
  version: 2 | 4,
): Uint8Array {
  const made = profile(colourSpace, tags)
  const view = new DataView(made.buffer)
  view.setUint8(8, version)
  put(view, 12, colourSpace === 'CMYK' ? 'prtr' : 'scnr')
  put(view, 20, pcs)
  return made
}
