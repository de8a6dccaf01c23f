import type { Shape } from '../../../raster.ts'
import { type BitWriter, shiftBits } from './bit-writer.ts'
import type { LosslessEncoderCore } from './exports.ts'
import type { Form } from './form.ts'
import { putCode } from './prefix-codes.ts'
import type { CodedRows } from './row-coder.ts'
import { putSubImage } from './sub-image.ts'

const SIGNATURE = 0x2f
/** Types of transforms (RFC 9649 §4). */
const [PREDICTOR, SUBTRACT_GREEN, COLOUR_INDEXING] = [0, 2, 3]
const OPAQUE = 0xff000000

/** The header of a picture (RFC 9649 §3.4). */
export function putHeader(writer: BitWriter, { width, height }: Shape, hasAlpha: boolean): void {
  writer.put(SIGNATURE, 8)
  writer.put(width - 1, 14)
  writer.put(height - 1, 14)
  writer.put(hasAlpha ? 1 : 0, 1)
  writer.put(0, 3)
}

/** Transforms, codes and pixels (RFC 9649 §3.2), behind what `writer` has. The pixels' bytes change. */
export function losslessStream(
  core: LosslessEncoderCore,
  writer: BitWriter,
  form: Form,
  rows: CodedRows,
  height: number,
): readonly Uint8Array<ArrayBuffer>[] {
  putTransforms(core, writer, form, rows)
  const { groups, parts, bits } = rows.coded
  writer.put(form.cacheBits === 0 ? 0 : 1, 1)
  if (form.cacheBits > 0) writer.put(form.cacheBits, 4)
  writer.put(groups.length > 1 ? 1 : 0, 1)
  if (groups.length > 1) putGroups(core, writer, rows, height)
  for (const lengths of groups.flat()) putCode(writer, lengths)
  const shift = writer.bits % 8
  const header = writer.bytes()
  if (shift === 0) return [header, ...parts]
  const last = shiftBits(parts, shift, header.at(-1) ?? 0)
  const isMore = bits > 0 && (bits - 1) % 8 >= 8 - shift
  const tail = parts.length === 0 || isMore ? [Uint8Array.of(last)] : []
  return [header.slice(0, -1), ...parts, ...tail]
}

function putTransforms(core: LosslessEncoderCore, writer: BitWriter, form: Form, { modes, modeBits, width }: CodedRows): void {
  const begin = (type: number): void => {
    writer.put(1, 1)
    writer.put(type, 2)
  }
  if (form.palette !== null) {
    begin(COLOUR_INDEXING)
    writer.put(form.palette.colours.length - 1, 8)
    putSubImage(core, writer, colourChanges(form.palette.colours), form.palette.colours.length)
  } else {
    if (form.subtractsGreen) begin(SUBTRACT_GREEN)
    if (modes !== null) {
      begin(PREDICTOR)
      writer.put(modeBits - 2, 3)
      putSubImage(
        core,
        writer,
        Uint32Array.from(modes, (mode) => OPAQUE | (mode << 8)),
        Math.ceil(width / 2 ** modeBits),
      )
    }
  }
  writer.put(0, 1)
}

/** RFC 9649 §4.4: each colour less the one before, channel by channel; from RGBA in memory to words of A, R, G, B. */
function colourChanges(colours: Uint32Array): Uint32Array {
  const bytes = new Uint8Array(colours.length * 4)
  const from = new Uint8Array(colours.buffer, colours.byteOffset, colours.byteLength)
  from.forEach((byte, i) => (bytes[(i & ~3) | ([2, 1, 0, 3][i & 3] ?? 0)] = byte - (from[i - 4] ?? 0)))
  return new Uint32Array(bytes.buffer)
}

/** The image that says which tile has which group (RFC 9649 §3.7.2.2): groups are bands of rows. */
function putGroups(
  core: LosslessEncoderCore,
  writer: BitWriter,
  { coded, width, groupBits, groupBlocks }: CodedRows,
  height: number,
): void {
  writer.put(groupBits - 2, 3)
  const [across, down] = [Math.ceil(width / 2 ** groupBits), Math.ceil(height / 2 ** groupBits)]
  const tiles = new Uint32Array(across * down)
  for (let y = 0; y < down; y++) tiles.fill(OPAQUE | ((coded.groupOfBlock[y * groupBlocks] ?? 0) << 8), y * across, (y + 1) * across)
  putSubImage(core, writer, tiles, across)
}
