import { codec, FORMAT_NAMES } from '../../image/plan.ts'
import { uprightShape } from '../../image/orientation.ts'
import type { Shape } from '../../image/raster.ts'
import { AppError } from '../../errors.ts'
import { readStream } from '../files/content/read-stream.ts'
import type { FileInfo, FileStore } from '../ports.ts'

/** Bytes at the beginning of a file in which its header is looked for. */
const HEAD_BYTES = 1_000_000

/** Width and height of an upright picture; `null` for what is no picture of a known format. */
export type PictureSize = (account: string, file: FileInfo) => Promise<Shape | null>

export const createPictureSize = (files: Pick<FileStore, 'open'>): PictureSize =>
  async function pictureSize(account, { path, size }) {
    if (size === 0) return null
    const open = await files.open(account, path, { start: 0, end: Math.min(size, HEAD_BYTES) })
    return open && shapeOf(await readStream(open.body))
  }

function shapeOf(head: Uint8Array): Shape | null {
  const format = FORMAT_NAMES.find((name) => codec(name).sniff(head))
  if (format === undefined) return null
  try {
    const probe = codec(format).probe(head)
    return uprightShape(probe, probe.orientation)
  } catch (thrown) {
    if (thrown instanceof AppError) return null
    throw thrown
  }
}
