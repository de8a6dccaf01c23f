import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { createCore } from '../../../../src/image/engine/core.ts'
import type { TranscodeCore } from '../../../../src/image/engine/jpeg/transcode/exports.ts'
import { probeJpeg } from '../../../../src/image/engine/jpeg/header.ts'
import { estimateTranscodeBytes, transcodeJpeg } from '../../../../src/image/engine/jpeg/transcode/transcode.ts'
import { wholeImage } from '../../../../src/image/geometry.ts'
import { uprightShape } from '../../../../src/image/orientation.ts'
import { coreModule } from '../../../support/core-module.ts'
import { randomComponents, randomNumbers } from '../../../support/jpeg-coefficients.ts'
import { decodePlanes } from '../../../support/jpeg-decoding.ts'
import { type WrittenScan, writeJpeg } from '../../../support/jpeg-writer.ts'
import { noPace } from '../../../support/rows.ts'

const module = await coreModule()
const WHOLE = { start: 0, end: 63, high: 0, low: 0 }
const SAMPLING = [
  { h: 2, v: 2 },
  { h: 1, v: 1 },
  { h: 1, v: 1 },
]
const SCANS: Readonly<Record<string, readonly WrittenScan[]>> = {
  interleaved: [{ components: [0, 1, 2], ...WHOLE }],
  separate: [0, 1, 2].map((c) => ({ components: [c], ...WHOLE })),
  progressive: [
    { components: [0, 1, 2], start: 0, end: 0, high: 0, low: 1 },
    ...[0, 1, 2].map((c) => ({ components: [c], start: 1, end: 63, high: 0, low: 1 })),
    { components: [0, 1, 2], start: 0, end: 0, high: 1, low: 0 },
    ...[0, 1, 2].map((c) => ({ components: [c], start: 1, end: 63, high: 1, low: 0 })),
  ],
}

const MUTANTS = 150
const PAGE_BYTES = 65_536

/** Some bytes changed, a piece missing or doubled, or the end cut off. */
function damaged(file: Uint8Array, random: () => number): Uint8Array {
  const below = (limit: number): number => Math.floor(random() * limit)
  const at = 20 + below(file.length - 40)
  const kind = below(4)
  if (kind === 0) return file.slice(0, at)
  if (kind === 1) return new Uint8Array(Buffer.concat([file.subarray(0, at), file.subarray(at + 1 + below(60))]))
  if (kind === 2) return new Uint8Array(Buffer.concat([file.subarray(0, at + below(60)), file.subarray(at)]))
  const changed = file.slice()
  for (let i = 0; i <= below(4); i++) changed[20 + below(file.length - 20)] = below(256)
  return changed
}

function outcomeOf<T>(thrown: unknown): T | string {
  if (thrown instanceof AppError && ['invalid_image', 'unsupported_format'].includes(thrown.code)) return thrown.code
  throw thrown
}

describe.each(Object.entries(SCANS))('a damaged file is what the decoder makes of it: %s', (name, scans) => {
  it.each([0, 2])('restart interval %d', async (restartInterval) => {
    const components = randomComponents(48, 32, SAMPLING, randomNumbers(7))
    const isProgressive = name === 'progressive'
    const whole = writeJpeg({ width: 48, height: 32, components, scans, restartInterval, isProgressive })
    const random = randomNumbers(15)
    let made = 0
    for (let i = 0; i < MUTANTS; i++) {
      const file = damaged(whole, random)
      const core = createCore(module) as TranscodeCore
      const warnings = new Set<string>()
      let header: ReturnType<typeof probeJpeg>
      try {
        header = probeJpeg(file)
      } catch (thrown) {
        outcomeOf(thrown)
        continue
      }
      if (header.width * header.height > 100_000) continue
      const geometry = wholeImage(uprightShape(header, 1))
      const result = await transcodeJpeg(core, file, 1, geometry, false, warnings, noPace).catch(outcomeOf<Uint8Array>)
      if (typeof result === 'string' || !(result instanceof Uint8Array)) continue
      made++
      expect(core.size() + result.length).toBeLessThanOrEqual(estimateTranscodeBytes(header, 1, geometry, false, file.length) + PAGE_BYTES)
      const theirs = decodePlanes(file)
      expect([...warnings].toSorted()).toEqual([...theirs.warnings].toSorted())
      const ours = decodePlanes(result)
      expect(ours.warnings).toEqual([])
      expect(ours.planes.map(({ samples }) => samples)).toEqual(theirs.planes.map(({ samples }) => samples))
    }
    expect(made).toBeGreaterThan(MUTANTS / 8)
  })
})
