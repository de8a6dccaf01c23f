// Gain-map JPEGs as Debian's exiftool (libimage-exiftool-perl) reads them.
import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { step } from '../../src/image/plan.ts'
import { readUltraHdr } from '../support/ultra-hdr/read.ts'
import { run } from '../support/ultra-hdr/run.ts'
import { ultraHdr } from '../support/ultra-hdr/write.ts'

const exiftool = (file: Uint8Array, ...options: readonly string[]): Buffer =>
  execFileSync('exiftool', [...options, '-'], { input: file, maxBuffer: 2 ** 26 })

it.each([true, false])('exiftool finds both pictures of a result, its directory and its map (index of the source: %s)', async (hasMpf) => {
  const file = await ultraHdr({ hasMpf, orientation: 6 })
  const { body } = await run(file, [step('resize', { width: 120 }), step('flip', { axis: 'vertical' })], { metadata: 'keep' })
  const { map } = readUltraHdr(body)
  expect(exiftool(body, '-b', '-MPImage2').equals(map)).toBe(true)
  const [told] = JSON.parse(exiftool(body, '-j', '-n', '-a', '-G1').toString()) as [Record<string, unknown>]
  expect(told).toMatchObject({
    'MPF0:MPFVersion': '0100',
    'MPF0:NumberOfImages': 2,
    'MPImage2:MPImageLength': map.length,
    'MPImage2:MPImageStart': body.length - map.length,
  })
  const directory = exiftool(body, '-a', '-s3', '-DirectoryItemLength', '-DirectoryItemSemantic').toString().trim().split(/\s+/)
  expect(directory).toEqual([String(map.length), 'Primary', 'GainMap'])
})
