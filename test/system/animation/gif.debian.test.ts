// Needs Debian's imagemagick and libimage-exiftool-perl: `npm run test:debian`. The frames of our animated GIFs are those that ImageMagick composes.
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { embedInGif } from '../../../src/image/metadata/gif.ts'
import { xmpWithRights } from '../../../src/image/metadata/xmp.ts'
import { encodeFilm, rectangles } from '../../image/engine/gif/films.ts'
import { ascii, tiff } from '../../image/metadata/exif-block.ts'

describe.each([false, true])('an animated GIF, with holes: %s', (isTransparent) => {
  it.each(Array.from({ length: 6 }, (_, seed) => seed))('film %i', async (seed) => {
    const film = rectangles(seed, isTransparent)
    const shown = execFileSync('convert', ['gif:-', '-coalesce', '-depth', '8', 'rgba:-'], { input: await encodeFilm(film) })
    const wanted = Buffer.concat(film.frames.map(({ buffer }) => new Uint8Array(buffer)))
    // What is transparent has no colour.
    for (let at = 0; at < shown.length; at += 4) if (shown[at + 3] === 0) shown.fill(0, at, at + 3)
    expect(Buffer.compare(shown, wanted)).toBe(0)
  })
})

it('what a GIF says of its author is read by exiftool, and changes no frame', async () => {
  const film = rectangles(1, true)
  const plain = await encodeFilm(film)
  const xmp = xmpWithRights(null, tiff([{ tag: 0x013b, bytes: ascii('Zoë & <Bo>') }]))
  const described = embedInGif(plain, { exif: null, icc: null, xmp })
  const said = execFileSync('exiftool', ['-json', '-Creator', '-FrameCount', '-Warning', '-'], { input: described, encoding: 'utf8' })
  expect(JSON.parse(said)).toEqual([{ SourceFile: '-', Creator: 'Zoë & <Bo>', FrameCount: film.frames.length }])
  const frames = (file: Uint8Array): Buffer => execFileSync('convert', ['gif:-', '-coalesce', '-depth', '8', 'rgba:-'], { input: file })
  expect(Buffer.compare(frames(described), frames(plain))).toBe(0)
})
