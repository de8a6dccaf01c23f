import { isEqual } from './bytes.ts'
import { type Curve, levelsOf, readCurve } from './curve.ts'
import { bakeGrid, type Grid } from './grid.ts'
import { readLookUp } from './look-up.ts'
import { invert, multiply, transpose, type Matrix, type Triple } from './matrix.ts'
import { type Primaries, SRGB_PRIMARIES, toXyz } from './primaries.ts'
import { readProfile, signatureAt, viewOf, type Profile } from './profile.ts'
import { levelOf, levelsByRoot, ROOT_STEPS } from './srgb.ts'

/**
 * How colours become sRGB. Of 8 bits, `rgb`: for each level of red, green and blue its share of linear sRGB, four floats of which the last is 0. `grid`: by a
 * lattice over three or four inputs, which is baked when it is first asked for. For more bits there are the curves of the channels themselves, and what a
 * whole channel of linear light is in linear sRGB (`columns`).
 */
export type Conversion =
  | { readonly kind: 'rgb'; readonly shares: Float32Array; readonly curves: Curves; readonly columns: Matrix }
  | { readonly kind: 'gray'; readonly levels: Uint8Array; readonly curve: Curve }
  | { readonly kind: 'grid'; readonly inputs: 3 | 4; readonly curves: readonly Curve[]; grid(): Grid }

/** Of red, green and blue. */
type Curves = readonly [Curve, Curve, Curve]

/** The channels that a picture has: a profile for others counts as none. */
export type Channels = 'rgb' | 'gray' | 'cmyk'

const COLOUR_SPACES: Readonly<Record<Channels, string>> = { rgb: 'RGB ', gray: 'GRAY', cmyk: 'CMYK' }

/** The tables of a conversion of RGB: shares, then the levels by the root of light. */
export const SHARES = 3 * 256 * 4

/**
 * By the profile's table, in the perceptual intent, or else by its curves and matrix, relative colorimetric (ICC.1:2022 §8.10 has this order). `null`
 * when it has nothing that fits these channels, or means sRGB itself.
 */
export function conversionOf(bytes: Uint8Array, channels: Channels): Conversion | null {
  const profile = readProfile(bytes)
  if (profile?.colourSpace !== COLOUR_SPACES[channels]) return null
  switch (channels) {
    case 'rgb':
      return ofTableProfile(profile, 3) ?? ofMatrixProfile(profile)
    case 'gray':
      return ofGrayProfile(profile)
    case 'cmyk':
      return ofTableProfile(profile, 4)
  }
}

function ofTableProfile(profile: Profile, inputs: 3 | 4): Conversion | null {
  if (profile.pcs !== 'Lab ' && profile.pcs !== 'XYZ ') return null
  const lookUp = readLookUp(profile, inputs)
  const { pcs } = profile
  return lookUp && { kind: 'grid', inputs, curves: lookUp.inputs, grid: once(() => bakeGrid(lookUp, pcs)) }
}

/** What `make` makes, when it is first asked for; then `make`, and what it holds, is let go. */
function once<T>(make: () => T): () => T {
  let state: { readonly make: () => T } | { readonly made: T } = { make }
  return () => {
    if ('make' in state) state = { made: state.make() }
    return state.made
  }
}

/** ICC.1:2022 annex F.3. */
function ofMatrixProfile(profile: Profile): Conversion | null {
  const [red, green, blue] = curvesOf(['rTRC', 'gTRC', 'bTRC'].map((name) => profile.tag(name)))
  const colorants = ['rXYZ', 'gXYZ', 'bXYZ'].map((name) => readXyz(profile.tag(name)))
  const [r, g, b] = colorants
  return red && green && blue && r && g && b ? rgbConversion([red, green, blue], transpose([r, g, b])) : null
}

/** Of tags that say the same, the same curve. */
function curvesOf(tags: readonly (Uint8Array | null)[]): readonly (Curve | undefined)[] {
  const curves = tags.map((tag) => (tag ? readCurve(tag)?.curve : undefined))
  return tags.map((tag, i) => curves[tags.findIndex((other) => tag && other && isEqual(tag, other))] ?? curves[i])
}

/** ICC.1:2022 annex F.2. */
function ofGrayProfile(profile: Profile): Conversion | null {
  const tag = profile.tag('kTRC')
  const curve = tag && readCurve(tag)?.curve
  return curve ? grayConversion(curve) : null
}

/** `null` when it means sRGB itself, or nothing. */
function grayConversion(curve: Curve): Conversion | null {
  const lights = levelsOf(curve)
  if (!lights) return null
  const levels = Uint8Array.from(lights, levelOf)
  return levels.every((level, i) => Math.abs(level - i) <= 1) ? null : { kind: 'gray', levels, curve }
}

/** XYZ of `XYZType` (§10.31). */
function readXyz(tag: Uint8Array | null): Triple | null {
  if (tag === null || tag.length < 20 || signatureAt(tag, 0) !== 'XYZ ') return null
  const view = viewOf(tag)
  const value = (i: number): number => view.getInt32(8 + i * 4) / 65536
  return [value(0), value(1), value(2)]
}

/** @param toPcs linear RGB to XYZ relative to D50. `null` when it means sRGB itself, or nothing. */
function rgbConversion(curves: Curves, toPcs: Matrix): Conversion | null {
  const srgb = toXyz(SRGB_PRIMARIES)
  const fromPcs = srgb && invert(srgb)
  const levels = curves.map(levelsOf)
  if (!fromPcs || !levels.every((one) => one !== null)) return null
  const columns = transpose(multiply(fromPcs, toPcs))
  const shares = new Float32Array(SHARES)
  for (const [channel, lights] of levels.entries()) {
    const column = columns[channel as 0 | 1 | 2] // three curves
    lights.forEach((light, level) =>
      shares.set(
        column.map((share) => share * light),
        (channel * 256 + level) * 4,
      ),
    )
  }
  return isSrgb(shares) ? null : { kind: 'rgb', shares, curves, columns }
}

/** Of primaries, and one curve for every channel. `null` when they mean sRGB itself, or nothing. */
export function conversionByCurve(primaries: Primaries, curve: Curve, channels: 'rgb' | 'gray'): Conversion | null {
  return channels === 'gray' ? grayConversion(curve) : conversionByCurves(primaries, [curve, curve, curve])
}

/** Of primaries, and a curve for each of red, green and blue. `null` as `conversionByCurve`. */
export function conversionByCurves(primaries: Primaries, curves: Curves): Conversion | null {
  const toPcs = toXyz(primaries)
  return toPcs && rgbConversion(curves, toPcs)
}

/** One colour by the tables. The definition that the core's kernel is held to. */
export function convertColour(shares: Float32Array, [red, green, blue]: Triple): Triple {
  const value = (i: number): number =>
    levelOf((shares[red * 4 + i] ?? 0) + (shares[(256 + green) * 4 + i] ?? 0) + (shares[(512 + blue) * 4 + i] ?? 0))
  return [value(0), value(1), value(2)]
}

const GRID = [0, 32, 64, 96, 128, 160, 192, 224, 255]

/** Whether no colour moves by more than a level: then pixels stay as they are. */
function isSrgb(shares: Float32Array): boolean {
  const stays = (colour: Triple): boolean => convertColour(shares, colour).every((level, i) => Math.abs(level - (colour[i] ?? 0)) <= 1)
  for (let level = 0; level < 256; level++) if (!stays([level, level, level])) return false
  return GRID.every((red) => GRID.every((green) => GRID.every((blue) => stays([red, green, blue]))))
}

/** The core's light of 1: a root of it counts the steps of `levelsByRoot`. A power of two, so that no share is rounded. */
const CORE_WHITE = ROOT_STEPS ** 2

/** Bytes for the core's kernel. */
export function conversionBytes(shares: Float32Array): Uint8Array {
  const levels = levelsByRoot()
  const bytes = new Uint8Array(shares.byteLength + levels.length)
  new Float32Array(bytes.buffer, 0, shares.length).set(shares.map((share) => share * CORE_WHITE))
  bytes.set(levels, shares.byteLength)
  return bytes
}
