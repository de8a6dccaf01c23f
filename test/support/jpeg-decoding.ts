import { type Core, createCore } from '../../src/image/engine/core.ts'
import type { JpegDecoderExports } from '../../src/image/engine/jpeg/decode/exports.ts'
import { type JpegDecodeOptions, decodeJpeg } from '../../src/image/engine/jpeg/decode/decoder.ts'
import type { PlaneComponent, PlaneStream } from '../../src/image/engine/plane-stream.ts'
import type { ColourExports } from '../../src/image/engine/jpeg/decode/colour-exports.ts'
import { rgbaRows } from '../../src/image/engine/jpeg/decode/rgba-rows.ts'
import { coreModule } from './core-module.ts'

const module = await coreModule()

/** A core whose first `bytes` of memory hold 0xa5. No decoder may depend on them. */
export function dirtyCore(bytes = 2 ** 17): Core<JpegDecoderExports & ColourExports> {
  const core = createCore<JpegDecoderExports & ColourExports>(module)
  const mark = core.mark()
  const everything = core.alloc(bytes)
  core.bytes().fill(0xa5, everything, everything + bytes)
  core.release(mark)
  return core
}

export interface Plane {
  readonly component: PlaneComponent
  readonly samples: Uint8Array
}

export interface DecodedPlanes {
  readonly colour: PlaneStream['colour']
  readonly planes: readonly Plane[]
  readonly warnings: readonly string[]
}

/** All bands of a JPEG, joined to planes. Each file has a core of its own, with `dirtyBytes` of memory that is not zero. */
export function decodePlanes(file: Uint8Array, options: JpegDecodeOptions = { scale: 1 }, dirtyBytes?: number): DecodedPlanes {
  const core = dirtyCore(dirtyBytes)
  const stream = decodeJpeg(core, file, options)
  const planes = stream.components.map((component) => ({ component, samples: new Uint8Array(component.width * component.height) }))
  const rows = planes.map(() => 0)
  for (let bands = stream.next(); bands; bands = stream.next()) {
    const memory = core.bytes()
    bands.forEach((band, i) => {
      const { component, samples } = planes[i]!
      for (let y = 0; y < band.rows; y++) {
        const from = band.ptr + y * band.stride
        samples.set(memory.subarray(from, from + component.width), rows[i]! * component.width)
        rows[i]!++
      }
    })
  }
  planes.forEach(({ component }, i) => {
    if (rows[i] !== component.height) throw new Error(`component ${i} came with ${rows[i]} rows instead of ${component.height}`)
  })
  return { colour: stream.colour, planes, warnings: stream.warnings }
}

export interface DecodedRgb {
  readonly width: number
  readonly height: number
  readonly originX: number
  readonly originY: number
  /** 3 bytes a pixel. */
  readonly pixels: Uint8Array
  readonly warnings: readonly string[]
}

/** A JPEG as RGB; throws when alpha is not 255 everywhere. */
export function decodeRgb(file: Uint8Array, options: JpegDecodeOptions = { scale: 1 }): DecodedRgb {
  const core = dirtyCore()
  const stream = decodeJpeg(core, file, options)
  const rows = rgbaRows(core, stream, false)
  const { width, height, originX, originY } = rows
  const pixels = new Uint8Array(width * height * 3)
  let at = 0
  for (let band = rows.next(); band; band = rows.next()) {
    const memory = core.bytes()
    for (let y = 0; y < band.rows; y++) {
      for (let x = 0, from = band.ptr + y * band.stride; x < width; x++, from += 4, at += 3) {
        if (memory[from + 3] !== 255) throw new Error(`alpha ${memory[from + 3]} at ${x}, ${y}`)
        pixels.set(memory.subarray(from, from + 3), at)
      }
    }
  }
  if (at !== pixels.length) throw new Error(`${at / 3} pixels came instead of ${pixels.length / 3}`)
  return { width, height, originX, originY, pixels, warnings: stream.warnings }
}

/** The largest difference of two equally long lists. */
export function maxDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity
  let max = 0
  for (let i = 0; i < a.length; i++) max = Math.max(max, Math.abs(a[i]! - b[i]!))
  return max
}

/** The mean difference of two equally long lists. */
export function meanDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!)
  return sum / a.length
}

/** Where two pictures' planes differ, in words; '' when they are the same. (Comparing them by `toEqual` takes minutes when they are not.) */
export function planesDiffer(a: readonly Plane[], b: readonly Plane[]): string {
  if (a.length !== b.length) return `${a.length} planes and ${b.length}`
  for (const [i, { component, samples }] of a.entries()) {
    const other = b[i]!
    if (JSON.stringify(component) !== JSON.stringify(other.component)) return `plane ${i}: ${JSON.stringify([component, other.component])}`
    const at = samples.findIndex((sample, n) => sample !== other.samples[n])
    if (at >= 0)
      return `plane ${i} at ${at % component.width}, ${Math.floor(at / component.width)}: ${samples[at]} and ${other.samples[at]}`
  }
  return ''
}
