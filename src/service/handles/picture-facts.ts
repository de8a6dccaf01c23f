import { type ExifValue, exifFields } from '../../image/metadata/exif-fields.ts'
import { codec, FORMAT_NAMES } from '../../image/plan.ts'
import { uprightShape } from '../../image/orientation.ts'
import type { Shape } from '../../image/raster.ts'
import { AppError } from '../../errors.ts'
import { readStream } from '../files/content/read-stream.ts'
import type { FileInfo, FileStore } from '../ports.ts'

/** Bytes at the beginning of a file in which its header is looked for. */
const HEAD_BYTES = 1_000_000

/** What a stored picture tells of itself; `null` for what is no picture of a known format. */
export interface PictureFacts {
  /** Width and height of the upright picture. */
  size(account: string, file: FileInfo): Promise<Shape | null>
  /** The fields of its EXIF, the place among them. `null`: it has none that begins in the first megabyte. */
  exif(account: string, file: FileInfo): Promise<Readonly<Record<string, ExifValue>> | null>
}

export function createPictureFacts(files: Pick<FileStore, 'open'>): PictureFacts {
  async function head(account: string, { path, size }: FileInfo): Promise<Uint8Array> {
    const open = size === 0 ? null : await files.open(account, path, { start: 0, end: Math.min(size, HEAD_BYTES) })
    return open ? readStream(open.body) : new Uint8Array()
  }
  return {
    size: async (account, file) => shapeOf(await head(account, file)),
    exif: async (account, file) => exifOf(await head(account, file)),
  }
}

const codecOf = (head: Uint8Array) => FORMAT_NAMES.map(codec).find((one) => one.sniff(head))

function shapeOf(head: Uint8Array): Shape | null {
  try {
    const probe = codecOf(head)?.probe(head)
    return probe ? uprightShape(probe, probe.orientation) : null
  } catch (thrown) {
    if (thrown instanceof AppError) return null
    throw thrown
  }
}

function exifOf(head: Uint8Array): Readonly<Record<string, ExifValue>> | null {
  const exif = codecOf(head)?.exif?.(head)
  const fields = exif ? exifFields(exif, { place: true }) : null
  return fields && fields.size > 0 ? Object.fromEntries(fields) : null
}
