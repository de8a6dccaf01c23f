import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { findGainMap } from '../../../src/image/metadata/gain-map/find.ts'
import { step } from '../../../src/image/plan.ts'
import { photo } from '../../support/pictures.ts'
import { readUltraHdr, segmentsOf, withoutMap } from '../../support/ultra-hdr/read.ts'
import { run } from '../../support/ultra-hdr/run.ts'
import { assemble, inFront, mapIso, mapXmp, MEANING, segment, ultraHdr, type UltraHdrOptions } from '../../support/ultra-hdr/write.ts'

const STEPS = [step('resize', { width: 100 })]

/** One or both of what leads to the map are wrong; it lies behind the picture all the same. */
const LIES: Readonly<Record<string, UltraHdrOptions>> = {
  'an index that points beyond the file': { lie: { offset: 0x7fffffff } },
  'an index whose offset overflows 32 bits': { lie: { offset: 0xffffffff, size: 0xffffffff } },
  'an index that points to the picture itself': { lie: { offset: 0 } },
  'an index of a map without bytes': { lie: { size: 0 } },
  'a directory that says that the map is longer than the file': { lie: { length: 4_000_000_000 }, hasMpf: false },
  'a directory that says nothing of the length': { lie: { length: 0 }, hasMpf: false },
  'a directory that is a byte off': { lie: { length: 12_345 }, hasMpf: false },
  neither: { kinds: ['iso'], hasMpf: false },
}

describe('a map is found', () => {
  it.each(Object.entries(LIES))('behind its picture: %s', async (_name, options) => {
    const { body, gainMap } = await run(await ultraHdr(options), STEPS)
    expect(gainMap).toBe('kept')
    readUltraHdr(body)
  })

  it('behind a picture of several scans, with bytes behind the map', async () => {
    const file = await ultraHdr({ hasMpf: false })
    const { map } = readUltraHdr(await ultraHdr())
    const primary = await sharp(withoutMap(file)).jpeg({ progressive: true }).toBuffer()
    const bare = await sharp(map).jpeg().toBuffer()
    const joined = assemble(primary, bare, { hasMpf: false, kinds: ['iso'] })
    const { body, gainMap } = await run(new Uint8Array(Buffer.concat([joined, Buffer.from('a trailer of the camera')])), STEPS)
    expect(gainMap).toBe('kept')
    readUltraHdr(body)
  })
})

const picture = async (width: number, height: number) =>
  new Uint8Array(
    await sharp(await photo())
      .resize(width, height, { fit: 'fill' })
      .jpeg()
      .toBuffer(),
  )
const meant = (map: Uint8Array): Uint8Array => inFront(map, mapXmp(MEANING), mapIso(MEANING))

/** Maps that are none. */
const NONE: Readonly<Record<string, () => Promise<(map: Uint8Array) => Uint8Array>>> = {
  'is no JPEG': async () => {
    const png = await photo({ format: 'png' })
    return () => png
  },
  'is larger than its picture': async () => {
    const map = meant(await picture(960, 640))
    return () => map
  },
  'has another aspect ratio': async () => {
    const map = meant(await picture(120, 120))
    return () => map
  },
  'has four inks': async () => {
    const map = meant(
      new Uint8Array(
        await sharp(await picture(120, 80))
          .toColourspace('cmyk')
          .jpeg()
          .toBuffer(),
      ),
    )
    return () => map
  },
  'says nothing of its meaning': async () => {
    const map = await picture(120, 80)
    return () => map
  },
  'says more of its meaning than anybody reads': async () => {
    const map = inFront(
      meant(await picture(120, 80)),
      ...Array.from({ length: 6 }, () => segment(0xe2, new TextEncoder().encode('ICC_PROFILE\0'), new Uint8Array(60_000))),
    )
    return () => map
  },
  'is cut off in its data': () => Promise.resolve((map) => map.subarray(0, map.length - 300)),
  'is cut off in its header': () => Promise.resolve((map) => map.subarray(0, 500)),
  'is damaged in its data': () =>
    Promise.resolve((map) => map.map((byte, at) => (at > map.length - 400 && at < map.length - 100 ? 0xff : byte))),
  'is not there': () => Promise.resolve(() => new Uint8Array()),
}

describe('a map that', () => {
  it.each(Object.entries(NONE))('%s is left out, and the picture is that of a plain file', async (_name, make) => {
    const file = await ultraHdr({ map: await make() })
    const { body, gainMap } = await run(file, STEPS)
    expect(gainMap).toBe('dropped;by=damage')
    expect(await sharp(body).raw().toBuffer()).toEqual(
      await sharp((await run(withoutMap(await ultraHdr()), STEPS)).body)
        .raw()
        .toBuffer(),
    )
    expect(Buffer.from(body).includes('21496')).toBe(false)
  })

  it('is no part of a plain JPEG, of Apple’s gain maps, nor of a picture of inks', async () => {
    const plain = await photo()
    expect(findGainMap(plain)).toBeNull()
    const { map } = readUltraHdr(await ultraHdr())
    const apple = inFront(
      await picture(120, 80),
      segment(
        0xe1,
        new TextEncoder().encode(
          'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:HDRGainMap="http://ns.apple.com/HDRGainMap/1.0/" HDRGainMap:HDRGainMapVersion="65536"/>',
        ),
      ),
    )
    expect((await run(new Uint8Array(Buffer.concat([plain, apple])), STEPS)).gainMap).toBeUndefined()
    const inks = assemble(
      new Uint8Array(await sharp(plain).resize(480, 320).toColourspace('cmyk').jpeg().toBuffer()),
      await picture(120, 80),
    )
    expect((await run(inks, STEPS)).gainMap).toBe('dropped;by=colours')
    expect(map.length).toBeGreaterThan(0)
  })
})

describe('any damage', () => {
  it('in front of the picture or in the map never costs the picture', async () => {
    const file = await ultraHdr({ width: 160, height: 107 })
    const plain = await sharp((await run(withoutMap(file), STEPS)).body)
      .raw()
      .toBuffer()
    const bytes = Buffer.from(file)
    const header = segmentsOf(bytes).filter(({ code, payload }) => code === 0xe1 || (code === 0xe2 && payload.length > 0))
    const mapAt = readUltraHdr(file).primary.length
    const places = [
      ...header.flatMap(({ at, payload }) => Array.from(payload, (_, i) => at + i)),
      ...Array.from(file.subarray(mapAt), (_, i) => mapAt + i),
    ]
    const outcomes = new Set<string | undefined>()
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(places.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 }), async (changes) => {
        const damaged = file.slice()
        for (const [place, value] of changes) damaged[places[place] ?? 0] = value
        const { body, gainMap } = await run(damaged, STEPS)
        outcomes.add(gainMap)
        expect(await sharp(withoutMap(body)).raw().toBuffer()).toEqual(plain)
      }),
      { numRuns: 150, seed: 21496 },
    )
    expect(outcomes).toEqual(new Set(['kept', 'dropped;by=damage', undefined]))
  })

  it('of a file of nothing but segments takes bounded time and memory', () => {
    const empty = new Uint8Array(4 * 2_000_000)
    for (let at = 0; at < empty.length; at += 4) empty.set([0xff, 0xe5, 0, 2], at)
    const iso = segment(0xe2, new TextEncoder().encode('urn:iso:std:iso:ts:21496:-1\0'), new Uint8Array(4))
    expect(findGainMap(new Uint8Array(Buffer.concat([Uint8Array.of(0xff, 0xd8), iso, empty])))).toBeNull()
  })
})
