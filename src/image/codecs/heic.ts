import { profileTablesBytes, toSrgb } from '../engine/pixels/to-srgb.ts'
import { resampleRows, resampleRowsBytes } from '../engine/resample/rows.ts'
import { cutRows } from '../engine/rows/stages.ts'
import { turnRows, turnRowsBytes } from '../engine/rows/turn.ts'
import { readItems } from '../engine/bmff/items.ts'
import { isRgbProfile } from '../icc/profile.ts'
import { MAX_PROFILE_BYTES } from '../icc/remembered.ts'
import { bmffHasC2pa, bmffHasGainMap, exifOfBmff, xmpOfBmff } from '../metadata/bmff.ts'
import { storedGeometry } from '../orientation.ts'
import { bmffConversion } from './avif.ts'
import type { AvifProbe } from './avif/header.ts'
import { defineReader } from './define.ts'
import { isHeic, probeHeic, samplesOf } from './heic/header.ts'
import { codePointsBox, heicRows, heicRowsBytes } from './heic/rows.ts'

export const heic = defineReader<AvifProbe>({
  mime: 'image/heic',
  extension: 'heic',
  sniff: isHeic,
  exif: exifOfBmff,
  xmp: xmpOfBmff,
  probe: probeHeic,
  about: (file, { colour, profile }) => ({
    ...samplesOf(file, colour),
    icc: () => profile,
    gainMap: () => (bmffHasGainMap(file) ? 'iso-21496-1' : null),
    hasC2pa: () => bmffHasC2pa(file),
  }),
  conversion: (_file, probe) => bmffConversion(probe),
  profile: (_file, { profile }) => (profile && profile.length <= MAX_PROFILE_BYTES && isRgbProfile(profile) ? profile : null),
  async rows(file, probe, geometry, { core, wasm }) {
    const { colour, alpha, shown, orientation } = probe
    const module = await wasm.heicDecoder()
    const colours = codePointsBox(file, readItems(file).primary)
    const source = { file, module, colours }
    const stored = heicRows(core, { ...source, items: colour }, alpha && { ...source, items: alpha })
    const rows = resampleRows(core, cutRows(stored, shown.x, shown.y, shown), storedGeometry(geometry, probe, orientation))
    return turnRows(core, toSrgb(core, rows, bmffConversion(probe, geometry.keepsColours)), orientation)
  },
  rowsBytes(probe, geometry, fileBytes) {
    const { colour, alpha, profile, orientation } = probe
    const turned = storedGeometry(geometry, probe, orientation)
    const decoding = heicRowsBytes(colour, fileBytes) + (alpha ? heicRowsBytes(alpha, fileBytes) : 0)
    const stages = resampleRowsBytes(probe, turned) + turnRowsBytes(turned, orientation, alpha === null)
    return decoding + 2 * fileBytes + profileTablesBytes(profile !== null) + stages
  },
})
