// Damaged HEIC of Debian's heif-enc (libheif-examples): which damage is noticed. libde265 by itself conceals nearly all of it.
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import type { WrittenItem } from '../image/codecs/avif-file.ts'
import { gridOf, problemOf, writeHeic } from '../image/codecs/heic-picture.ts'
import { random } from '../image/engine/png/writer.ts'
import { codedPicture, heifEnc } from '../support/heif/debian.ts'
import { sample } from '../support/pictures.ts'

const RUNS = 25
const DAMAGED = '422 invalid_image'
/** The length of the first unit, its header and that of its slice: the rest is what is decoded. */
const HEAD = 30

const CODINGS: Readonly<Record<string, readonly string[]>> = {
  'blocks of 16': ['-p', 'x265:ctu=16'],
  'blocks of 32, rows in parallel': ['-p', 'x265:ctu=32', '-p', 'x265:wpp=1'],
  'blocks of 64': ['-p', 'x265:ctu=64'],
  'four slices': ['-p', 'x265:slices=4', '-p', 'x265:ctu=16'],
}

const coded = async (options: readonly string[]): Promise<WrittenItem> => {
  const picture = await sharp(await sample())
    .resize(320, 216, { fit: 'fill' })
    .png()
    .toBuffer()
  return codedPicture(heifEnc([picture], ['-q', '50', '-p', 'preset=fast', ...options]))
}

type Damage = (data: Uint8Array, next: (below: number) => number) => Uint8Array

const change =
  (bytes: number, write: (next: (below: number) => number) => number): Damage =>
  (data, next) => {
    const at = HEAD + next(data.length - HEAD - bytes)
    return data.map((byte, i) => (i >= at && i < at + bytes ? write(next) : byte))
  }

const DAMAGES: Readonly<Record<string, Damage>> = {
  '16 random bytes': change(16, (next) => next(256)),
  '256 zeros': change(256, () => 0),
  'zeros to the end': (data, next) => data.slice().fill(0, HEAD + next(data.length - HEAD - 9)),
  'cut short': (data, next) => data.slice(0, HEAD + next(data.length - HEAD)),
  'bytes left out': (data, next) => {
    const at = HEAD + next(data.length - HEAD - 40)
    return Uint8Array.from([...data.subarray(0, at), ...data.subarray(at + 1 + next(20))])
  },
}

describe.each(Object.entries(CODINGS))('%s', (_, options) => {
  let item: WrittenItem
  beforeAll(async () => {
    item = await coded(options)
  })
  const problemsOf = async (damage: Damage): Promise<readonly string[]> => {
    const next = random(3)
    const problems: string[] = []
    for (let run = 0; run < RUNS; run++) problems.push(await problemOf(writeHeic({ items: [{ ...item, data: damage(item.data, next) }] })))
    return problems
  }

  it.each(Object.entries(DAMAGES))('%s: always 422', async (_name, damage) => {
    expect(await problemsOf(damage)).toEqual(Array.from({ length: RUNS }, () => DAMAGED))
  })

  it('one wrong bit: 422 but for those that change a few pixels', async () => {
    const flip: Damage = (data, next) => {
      const [at, bit] = [HEAD + next(data.length - HEAD), next(8)]
      return data.map((byte, i) => (i === at ? byte ^ (1 << bit) : byte))
    }
    expect((await problemsOf(flip)).filter((problem) => problem !== DAMAGED).length).toBeLessThanOrEqual(2)
  })

  it('a cell of a grid that is damaged or has no data is 422 for the whole picture', async () => {
    const next = random(5)
    const file = (data: Uint8Array): Uint8Array => gridOf([item, item, { ...item, data }, item], 2, 640, 432)
    expect(await problemOf(file(item.data))).toBe('none')
    for (const damage of Object.values(DAMAGES)) expect(await problemOf(file(damage(item.data, next)))).toBe(DAMAGED)
    expect(await problemOf(file(new Uint8Array()))).toBe(DAMAGED)
  })
})
