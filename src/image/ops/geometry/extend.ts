import * as z from 'zod'
import { channels, colour } from '../../colour.ts'
import { frameRows, frameRowsBytes } from '../../engine/rows/frame.ts'
import { defineOperation } from '../define.ts'

const margin = z.int().min(0).default(0)

export const extend = defineOperation({
  summary: 'Adds a margin of one colour at any of the four sides.',
  params: z.strictObject({ top: margin, right: margin, bottom: margin, left: margin, background: colour.default('00000000') }),
  plan: ({ top, right, bottom, left }, { width, height }) => ({ width: left + width + right, height: top + height + bottom }),
  addsTransparency: ({ background }) => !background.endsWith('ff'),
  rows: ({ left, top, background }, input, output, { core }) => frameRows(core, input, output, channels(background), left, top),
  workingBytes: (_given, _input, { width }) => frameRowsBytes(width),
})
