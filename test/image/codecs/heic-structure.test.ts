import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { bmffHasGainMap } from '../../../src/image/metadata/bmff.ts'
import { sniffFormat } from '../../../src/image/planner.ts'
import { decoded } from '../../support/icc/decoded.ts'
import { auxiliary, box, codePoints, full, imir, irot, ispe, type WrittenItem, writeAvif } from './avif-file.ts'
import { expected, grayItem, gridFile, HEIGHT, levels, problemOf, rgbItem, WIDTH, writeHeic } from './heic-picture.ts'

const ALPHA = 'urn:mpeg:hevc:2015:auxid:1'
const DEPTH = 'urn:mpeg:hevc:2015:auxid:2'
const APPLE_GAINS = 'urn:com:apple:photo:2020:aux:hdrgainmap'
const flat = (width: number, height: number, level: number): WrittenItem => grayItem(width, height, () => level)
const called = (item: WrittenItem, type: string): WrittenItem => ({ ...item, properties: [...item.properties, auxiliary(type)] })
const text = (value: string): Uint8Array => new TextEncoder().encode(value)

describe('beside the main picture', () => {
  it.each<[string, WrittenItem, string]>([
    ['a thumbnail', rgbItem(16, 9, 100), 'thmb'],
    ['a hidden thumbnail that is larger', { ...rgbItem(96, 64, 9), isHidden: true }, 'thmb'],
    ["Apple's gain map", called(flat(38, 22, 90), APPLE_GAINS), 'auxl'],
    ['a depth map', called(flat(20, 12, 50), DEPTH), 'auxl'],
    ['an auxiliary picture of a kind of its own', called(flat(WIDTH, HEIGHT, 9), 'urn:example:matte'), 'auxl'],
    ['an auxiliary picture that is called alpha and more', called(flat(WIDTH, HEIGHT, 9), `${ALPHA}2`), 'auxl'],
    ['an auxiliary picture of no kind', flat(WIDTH, HEIGHT, 9), 'auxl'],
    ['EXIF', { type: 'Exif', data: text('\0\0\0\0MM\0*\0\0\0\b\0\0'), properties: [], isHidden: true }, 'cdsc'],
    ['an item of an unknown type', { type: 'zzzz', data: text('?'), properties: [] }, 'cdsc'],
  ])('%s changes nothing', async (_, other, type) => {
    const file = writeHeic({ items: [rgbItem(WIDTH, HEIGHT), other], references: [{ type, from: 2, to: [1] }] })
    expect(await decoded(file)).toEqual(expected(WIDTH, HEIGHT))
    expect(bmffHasGainMap(file)).toBe(false)
  })

  it('a depth map and a gain map come before the alpha, which counts', async () => {
    const others = [
      called(flat(WIDTH, HEIGHT, 9), DEPTH),
      called(flat(WIDTH, HEIGHT, 30), APPLE_GAINS),
      called(flat(WIDTH, HEIGHT, 77), ALPHA),
    ]
    const file = writeHeic({
      items: [rgbItem(WIDTH, HEIGHT), ...others],
      references: [2, 3, 4].map((from) => ({ type: 'auxl', from, to: [1] })),
    })
    expect(await decoded(file)).toEqual(expected(WIDTH, HEIGHT, undefined, () => 77))
  })

  it('the alpha of another picture changes nothing', async () => {
    const items = [rgbItem(WIDTH, HEIGHT), rgbItem(WIDTH, HEIGHT, 50), called(flat(WIDTH, HEIGHT, 77), ALPHA)]
    expect(await decoded(writeHeic({ items, references: [{ type: 'auxl', from: 3, to: [2] }] }))).toEqual(expected(WIDTH, HEIGHT))
  })

  it('a gain map of ISO 21496-1 is told and left out', async () => {
    const items: readonly WrittenItem[] = [
      rgbItem(WIDTH, HEIGHT),
      { ...flat(38, 22, 90), isHidden: true },
      { type: 'tmap', data: new Uint8Array(62), properties: [ispe(WIDTH, HEIGHT), codePoints(9, 16)] },
    ]
    const file = writeHeic({ items, references: [{ type: 'dimg', from: 3, to: [1, 2] }] })
    expect(await decoded(file)).toEqual(expected(WIDTH, HEIGHT))
    expect(bmffHasGainMap(file)).toBe(true)
  })

  it('more pictures: the one that the file names is shown', async () => {
    const items = [rgbItem(WIDTH, HEIGHT), rgbItem(40, 30, 50), rgbItem(20, 90, 20)]
    expect(await decoded(writeHeic({ items, primary: 2 }))).toEqual(expected(40, 30, (x, y) => [x + 50, y]))
  })
})

describe('the main picture', () => {
  it('may be hidden, and its cells are turned as it is, not by themselves', async () => {
    expect(await decoded(writeHeic({ items: [{ ...rgbItem(WIDTH, HEIGHT), isHidden: true }] }))).toEqual(expected(WIDTH, HEIGHT))
    const file = gridFile(150, 100, (cell) => ({ ...cell, isHidden: true, properties: [...cell.properties, irot(1), imir(0)] }))
    expect(await decoded(file)).toEqual(expected(150, 100))
  })

  it('has its colours multiplied by its alpha where the file says so', async () => {
    const items = [rgbItem(WIDTH, HEIGHT), called(flat(WIDTH, HEIGHT, 128), ALPHA)]
    const auxl = { type: 'auxl', from: 2, to: [1] }
    expect(await decoded(writeHeic({ items, references: [auxl] }))).toEqual(expected(WIDTH, HEIGHT, undefined, () => 128))
    const { data } = await decoded(writeHeic({ items, references: [auxl, { type: 'prem', from: 1, to: [2] }] }))
    for (let i = 0; i < data.length; i++) {
      const stored = levels((i >> 2) % WIDTH, Math.floor((i >> 2) / WIDTH))[i % 4] ?? 128
      const straight = i % 4 === 3 ? 128 : Math.min(255, (stored * 255) / 128)
      expect(Math.abs((data[i] ?? 0) - straight)).toBeLessThanOrEqual(1)
    }
  })

  it.each(['iovl', 'iden', 'tmap', 'av01', 'avc1', 'jpeg', 'unci', 'mski'])('of type %s is 415, and the answer names it', async (type) => {
    const main: WrittenItem = { type, data: new Uint8Array(40), properties: [ispe(WIDTH, HEIGHT)] }
    const file = writeHeic({ items: [main, rgbItem(WIDTH, HEIGHT)], references: [{ type: 'dimg', from: 1, to: [2] }] })
    await expect(decoded(file)).rejects.toThrow(
      expect.objectContaining({ code: 'unsupported_format', reason: expect.stringContaining(`"${type}"`) }),
    )
  })

  it('in cells that are grids themselves, or overlays, is 422', async () => {
    const cells = (type: string) => gridFile(150, 100, (cell, i) => (i === 3 ? { ...cell, type } : cell))
    expect([await problemOf(cells('grid')), await problemOf(cells('iovl'))]).toEqual(['422 invalid_image', '422 invalid_image'])
  })
})

describe('brands', () => {
  const items = [rgbItem(WIDTH, HEIGHT)]

  it.each(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'mif2', 'msf1'])('%s as the main one', async (brand) => {
    const file = writeAvif({ items, brand })
    expect(sniffFormat(file)).toBe('heic')
    expect(await decoded(file)).toEqual(expected(WIDTH, HEIGHT))
  })

  it('a name of no picture with a picture inside is HEIC by its other brands', async () => {
    expect(await decoded(writeAvif({ items, brand: 'zzzz' }))).toEqual(expected(WIDTH, HEIGHT))
  })
})

describe('a sequence', () => {
  const moov = box('moov', full('mvhd', 0, new Uint8Array(96)), box('trak', new Uint8Array(20)))

  it('shows the still picture that it names', async () => {
    const still = writeAvif({ items: [rgbItem(WIDTH, HEIGHT)], brand: 'hevc' })
    expect(await decoded(Uint8Array.from([...still, ...moov]))).toEqual(expected(WIDTH, HEIGHT))
  })

  it('that names none is 415, and the answer says why', async () => {
    const file = Uint8Array.from([...box('ftyp', text('hevc\0\0\0\0hevcmsf1')), ...moov, ...box('mdat', new Uint8Array(99))])
    expect(sniffFormat(file)).toBe('heic')
    const problem = await decoded(file).catch((thrown: unknown) => thrown)
    expect(problem).toBeInstanceOf(AppError)
    expect(problem).toMatchObject({ code: 'unsupported_format', reason: expect.stringContaining('sequence') as unknown })
  })
})
