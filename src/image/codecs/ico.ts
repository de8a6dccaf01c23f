import { AppError } from '../../errors.ts'
import { dibDepth } from '../engine/bmp/dib.ts'
import { isIcon, readEntries } from '../engine/ico/entries.ts'
import { iconConversion, type IconPicture, iconRows, iconRowsBytes, pictureShape, readPicture } from '../engine/ico/picture.ts'
import { defineReader, type Probe } from './define.ts'
import { throughRows } from './through-rows.ts'

interface IconProbe extends Probe {
  readonly picture: IconPicture
}

/** Damaged pictures before a good one are passed over, so many. */
const MOST_TRIES = 8

/** Page 1 is the largest picture, page 2 the next. A damaged one gives its place to the next that is not. */
function probeIcon(file: Uint8Array, page = 1): IconProbe {
  const entries = readEntries(file)
  let refusal: unknown
  for (const entry of entries.slice(Math.min(page, entries.length) - 1).slice(0, MOST_TRIES)) {
    try {
      const picture = readPicture(file, entry)
      const { width, height } = pictureShape(picture)
      return { width, height, hasAlpha: true, frames: entries.length, orientation: 1, isFlat: true, picture }
    } catch (thrown) {
      if (!(thrown instanceof AppError)) throw thrown
      refusal ??= thrown
    }
  }
  throw refusal
}

export const ico = defineReader({
  mime: 'image/x-icon',
  extension: 'ico',
  sniff: isIcon,
  probe: probeIcon,
  about: (_file, { picture }) => ({ bitDepth: picture.kind === 'png' ? picture.png.bitDepth : dibDepth(picture.dib), colours: 'rgb' }),
  ...throughRows<IconProbe>({
    open: (file, { picture }, _page, { core, warnings }, convert) => iconRows(core, file, picture, warnings, convert),
    openBytes: ({ picture }) => iconRowsBytes(picture),
    isDeep: ({ picture }) => picture.kind === 'png' && picture.png.bitDepth === 16,
    told: (file, { picture }, core) => iconConversion(core, file, picture),
  }),
})
