import type { Core } from '../core.ts'
import { createInflater, type InflateExports, inflaterBytes } from '../png/inflater.ts'
import { createFaxReader, isFax } from './fax.ts'
import type { BlockStream } from './block-stream.ts'
import type { TiffPicture } from './picture.ts'
import { createLzwTables, LZW_BYTES } from '../lzw.ts'
import { createTiffLzwReader } from './lzw.ts'

/** Opens blocks whose rows have at most `rowBytes`. A stream that is open ends when the next is opened by the same opener. */
export type OpenStream = (data: Uint8Array, blockBytes: number) => BlockStream

/** Memory of an opener. */
export function openerBytes({ coding, block }: TiffPicture, rowBytes: number): number {
  if (coding === 'deflate') return inflaterBytes(rowBytes * block.height, rowBytes)
  return coding === 'lzw' ? LZW_BYTES : isFax(coding) ? 16 * (block.width + 4) : 0
}

export function createOpener(core: Core<InflateExports>, picture: TiffPicture, rowBytes: number): OpenStream {
  switch (picture.coding) {
    case 'deflate':
      return inflateOpener(core, picture, rowBytes)
    case 'lzw': {
      const tables = createLzwTables()
      return (data) => createTiffLzwReader(data, tables)
    }
    case 'packbits':
      return (data) => createPackBitsReader(data)
    case 'rle':
    case 'g3':
    case 'g3-2d':
    case 'g4': {
      const { coding } = picture
      const { width } = picture.block
      const rows = [new Int32Array(width + 4), new Int32Array(width + 4)] as const
      return (data) => createFaxReader(coding, data, width, rows)
    }
    default:
      return (data) => createPlainReader(data)
  }
}

/** The arena gives nothing back while rows are read, so all streams of an opener lie in one place. */
function inflateOpener(core: Core<InflateExports>, { block }: TiffPicture, rowBytes: number): OpenStream {
  const room = inflaterBytes(rowBytes * block.height, rowBytes) + 64
  const place = core.alloc(room)
  return (data, blockBytes) => {
    let [top, at] = [place, 0]
    const alloc = (bytes: number): number => {
      const start = top
      top = (top + bytes + 15) & ~15
      if (top > place + room + 16) throw new RangeError('an inflater took more than was planned')
      return start
    }
    const input = (to: number, most: number): number => {
      const part = data.subarray(at, at + most)
      core.bytes().set(part, to)
      at += part.length
      return part.length
    }
    const inflater = createInflater({ ...core, alloc }, input, blockBytes, rowBytes)
    return {
      read(to) {
        const from = inflater.take(to.length)
        if (from < 0) return 0
        to.set(core.bytes().subarray(from, from + to.length))
        return to.length
      },
    }
  }
}

function createPlainReader(data: Uint8Array): BlockStream {
  let at = 0
  return {
    read(to) {
      const part = data.subarray(at, at + to.length)
      to.set(part)
      at += part.length
      return part.length
    },
  }
}

/** TIFF 6.0 §9. */
function createPackBitsReader(data: Uint8Array): BlockStream {
  let [at, left, isRun] = [0, 0, false]
  return {
    read(to) {
      let written = 0
      while (written < to.length) {
        if (left === 0) {
          if (at >= data.length) return written
          const header = data[at++] as number // inside
          if (header === 128) continue
          ;[left, isRun] = header < 128 ? [header + 1, false] : [257 - header, true]
        }
        if (at >= data.length) return written
        to[written++] = data[at] as number // inside
        left--
        if (!isRun || left === 0) at++
      }
      return written
    },
  }
}
