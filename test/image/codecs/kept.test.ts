import { expect, it } from 'vitest'
import { png } from '../../../src/image/codecs/png.ts'
import { createCore } from '../../../src/image/engine/core.ts'
import { encodePng, type PngEncoderExports } from '../../../src/image/engine/png/encoder.ts'
import type { Picture } from '../../../src/image/engine/rows/pixel-rows.ts'
import { keepSmall } from '../../../src/image/codecs/kept.ts'
import { createRaster, type Raster } from '../../../src/image/raster.ts'
import { coreModule } from '../../support/core-module.ts'
import { drainAtOnce, unevenRows } from '../../support/rows.ts'

const core = createCore<PngEncoderExports>(await coreModule())
const context = { core, drain: drainAtOnce } as never // nothing else is used

/** A raster whose rows are made anew for each reader, and how often they were. */
function counted(raster: Raster): { readonly picture: Picture; times(): number } {
  let times = 0
  const { width, height } = raster
  return {
    picture: {
      width,
      height,
      read: (work) => {
        times++
        return work(unevenRows(core, raster, [5, 0, 16]))
      },
    },
    times: () => times,
  }
}

function noise(width: number, height: number): Raster {
  const raster = createRaster({ width, height })
  for (let at = 0, seed = 1; at < raster.data.length; at++) raster.data[at] = at % 4 === 3 ? 255 : (seed = (seed * 48271) % 2147483647) >> 8
  return raster
}

it.each([
  ['a small picture is made once', noise(300, 200), 1],
  ['the smallest that is too large is made twice', noise(2000, 1001), 2],
  ['the largest that is small is made once', noise(2000, 1000), 1],
])('for a PNG %s', async (_, raster, times) => {
  const source = counted(raster)
  await png.encode(source.picture, {}, context)
  expect(source.times()).toBe(times)
})

it('a kept picture has the rows and the bytes of its source, as often as it is read', async () => {
  const raster = noise(70, 33)
  const source = counted(raster)
  const kept = await keepSmall(context, source.picture)
  const encode = (picture: Picture) => encodePng(core, picture, drainAtOnce)
  expect(await encode(kept)).toEqual(await encode(kept))
  expect(source.times()).toBe(1)
  expect(await encode(kept)).toEqual(await encode(source.picture))
})
