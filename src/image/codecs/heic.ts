import { unpremultiply } from '../engine/pixels/pixelwise.ts'
import { profileTablesBytes, toSrgb } from '../engine/pixels/to-srgb.ts'
import { resampleRows, resampleRowsBytes } from '../engine/resample/rows.ts'
import { cutRows } from '../engine/rows/stages.ts'
import { turnRows, turnRowsBytes } from '../engine/rows/turn.ts'
import { readItems } from '../engine/bmff/items.ts'
import { storedGeometry } from '../orientation.ts'
import type { BmffProbe } from './bmff/coded-items.ts'
import { bmffConversion, bmffReader, codePointsBox } from './bmff/reader.ts'
import { defineReader } from './define.ts'
import { bitsOf, isHeic, probeHeic } from './heic/header.ts'
import { heicRows, heicRowsBytes } from './heic/rows.ts'

export const heic = defineReader<BmffProbe>({
  mime: 'image/heic',
  extension: 'heic',
  sniff: isHeic,
  ...bmffReader('hvcC', bitsOf),
  probe: probeHeic,
  async rows(file, probe, geometry, { core, wasm }) {
    const { colour, alpha, isPremultiplied, shown, orientation } = probe
    const module = await wasm.heicDecoder()
    const colours = codePointsBox(file, readItems(file).primary)
    const source = { file, module, colours }
    const decoded = heicRows(core, { ...source, items: colour }, alpha && { ...source, items: alpha })
    const stored = isPremultiplied ? unpremultiply(core, decoded) : decoded
    const rows = resampleRows(core, cutRows(stored, shown.x, shown.y, shown), storedGeometry(geometry, probe, orientation))
    return turnRows(core, toSrgb(core, rows, bmffConversion(probe, geometry.keepsColours)), orientation)
  },
  rowsBytes(probe, geometry, fileBytes) {
    const { colour, alpha, profile, orientation } = probe
    const turned = storedGeometry(geometry, probe, orientation)
    const decoding = heicRowsBytes(colour, fileBytes) + (alpha ? heicRowsBytes(alpha, fileBytes) : 0)
    const stages = resampleRowsBytes(probe, turned) + turnRowsBytes(turned, orientation, alpha === null)
    return decoding + profileTablesBytes(profile !== null) + stages
  },
})
