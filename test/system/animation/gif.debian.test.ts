// Needs Debian's imagemagick: `npm run test:debian`. The frames of our animated GIFs are those that ImageMagick composes.
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { encodeFilm, rectangles } from '../../image/engine/gif/films.ts'

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
