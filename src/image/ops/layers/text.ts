import * as z from 'zod'
import { keepsOpacity } from '../../definitions/blend-modes.ts'
import { colour } from '../../colour.ts'
import { layerParams } from '../../layer.ts'
import { drawText, textBytes } from '../../text/draw-text.ts'
import { FAMILIES } from '../../text/families.ts'
import { defineOperation } from '../define.ts'

const params = z.strictObject({
  text: z.string().min(1).max(1000).describe('Literal, lines separated by line feeds.'),
  font: z
    .union([z.enum(FAMILIES), z.strictObject({ path: z.string() })])
    .default('sans')
    .describe('A bundled family, or the path of a TrueType or OpenType file in the same storage.'),
  weight: z.int().min(1).max(1000).default(400).describe('1–1000; the bundled families have 400 and 700.'),
  size: z.number().positive().max(10_000).default(40).describe('Pixels.'),
  colour: colour.default('000000ff'),
  ...layerParams,
})

export const text = defineOperation({
  summary: 'Writes text as a layer.',
  params,
  plan: (_params, { width, height }) => ({ width, height }),
  files: ({ font }) => (typeof font === 'string' ? [] : [font.path]),
  workingBytes: (given, image) => textBytes(given, image),
  addsTransparency: ({ blend }) => !keepsOpacity(blend),
  rows: (given, input, _output, context) => drawText(input, given, context),
})
