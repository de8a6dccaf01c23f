// Lossless JPEG as jpegtran of libjpeg-turbo has it, and as ours.
import { createCore } from '../../../src/image/engine/core.ts'
import { probeJpeg } from '../../../src/image/engine/jpeg/header.ts'
import type { TranscodeCore } from '../../../src/image/engine/jpeg/transcode/exports.ts'
import { transcodeJpeg } from '../../../src/image/engine/jpeg/transcode/transcode.ts'
import { wholeImage, type Rectangle } from '../../../src/image/geometry.ts'
import { type Orientation, uprightShape } from '../../../src/image/orientation.ts'
import { readJpeg } from '../../image/engine/jpeg/coefficient-reader.ts'
import { coreModule } from '../../support/core-module.ts'
import { noPace } from '../../support/rows.ts'

/** What jpegtran is told. */
export const FLAGS: Readonly<Record<Orientation, string>> = {
  1: '',
  2: '-flip horizontal',
  3: '-rotate 180',
  4: '-flip vertical',
  5: '-transpose',
  6: '-rotate 90',
  7: '-transverse',
  8: '-rotate 270',
}
export const ORIENTATIONS = [1, 2, 3, 4, 5, 6, 7, 8] as const

const module = await coreModule()

interface Ours {
  /** `null`: it is refused. */
  readonly result: Uint8Array | null
  readonly warnings: readonly string[]
}

/** A file turned and cut by our transcoder. */
export async function ours(file: Uint8Array, orientation: Orientation, window?: Rectangle): Promise<Ours> {
  const whole = wholeImage(uprightShape(probeJpeg(file), orientation))
  const geometry = window ? { ...whole, window, width: window.width, height: window.height } : whole
  const warnings = new Set<string>()
  const result = await transcodeJpeg(createCore(module) as TranscodeCore, file, orientation, geometry, false, warnings, noPace)
  return { result: result instanceof Uint8Array ? result : null, warnings: [...warnings] }
}

/** Everything but the codes: sizes, samplings, quantisers, and the coefficients of all blocks, those that fill MCUs included. */
export const meaning = (file: Uint8Array): string => {
  const { width, height, components } = readJpeg(file)
  const told = components.map(({ h, v, quantisers, blocks }) => [h, v, quantisers, blocks.map((block) => block.join(' ')).join('\n')])
  return JSON.stringify([width, height, told])
}
