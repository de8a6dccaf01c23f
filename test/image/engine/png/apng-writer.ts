import { deflateSync } from 'node:zlib'
import { assemble, chunk, dataChunks, END, filteredRows, imageHeader, type PngPicture } from './writer.ts'

/** One frame of a written animation. Its samples are of the animation's kind. */
export interface WrittenFrame {
  readonly x?: number
  readonly y?: number
  readonly width: number
  readonly height: number
  readonly samples: readonly number[]
  /** 0 keeps, 1 clears, 2 restores. */
  readonly dispose?: number
  /** 0 replaces, 1 lays over. */
  readonly blend?: number
  /** Its number instead of the next one. */
  readonly sequence?: number
}

export interface WrittenAnimation extends Pick<
  PngPicture,
  'width' | 'height' | 'colourType' | 'bitDepth' | 'interlaced' | 'before' | 'filters'
> {
  readonly frames: readonly WrittenFrame[]
  /** The samples of a picture that is no frame. */
  readonly still?: readonly number[]
  /** What acTL says instead of the truth. */
  readonly count?: number
  /** Bytes of each data chunk. */
  readonly split?: readonly number[]
  /** A chunk between the data of a frame. */
  readonly between?: Uint8Array
}

const uint32 = (value: number): Uint8Array => Uint8Array.of(value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255)

/** A plain writer of animations (PNG, third edition, §11.3.6), some of them wrong. */
export function writeApng({ frames, still, count = frames.length, split, between, before = [], ...kind }: WrittenAnimation): Uint8Array {
  let sequence = 0
  const parts: Uint8Array[] = [
    imageHeader(kind.width, kind.height, kind.bitDepth, kind.colourType, kind.interlaced),
    ...before,
    chunk('acTL', Buffer.concat([uint32(count), uint32(0)])),
  ]
  const compressed = (picture: Pick<PngPicture, 'width' | 'height' | 'samples'>) => deflateSync(filteredRows({ ...kind, ...picture }))
  if (still) parts.push(...dataChunks(compressed({ width: kind.width, height: kind.height, samples: still }), split))
  for (const [i, frame] of frames.entries()) {
    const { x = 0, y = 0, width, height, dispose = 0, blend = 0 } = frame
    const number = frame.sequence ?? sequence
    sequence++
    const place = [number, width, height, x, y].map(uint32)
    parts.push(chunk('fcTL', Buffer.concat([...place, Uint8Array.of(0, 10, 0, 100, dispose, blend)])))
    const pieces = dataChunks(compressed(frame), split)
    if (i === 0 && !still) parts.push(...pieces)
    else
      for (const piece of pieces) {
        if (between && piece !== pieces[0]) parts.push(between)
        parts.push(chunk('fdAT', Buffer.concat([uint32(sequence++), piece.subarray(8, -4)])))
      }
  }
  return assemble(...parts, END)
}
