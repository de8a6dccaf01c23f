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
