/** Builds WebP containers for tests: chunks as they come, right or wrong. */
export interface Chunk {
  readonly kind: string
  readonly payload: Uint8Array
}

export const bytes24 = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff, value >> 16]

const chunkBytes = ({ kind, payload }: Chunk): number[] => {
  const size = payload.length
  return [...Buffer.from(kind), ...bytes24(size), size >>> 24, ...payload, ...(size % 2 === 1 ? [0] : [])]
}

export function webpFile(...chunks: readonly Chunk[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(chunkBytes({ kind: 'RIFF', payload: Uint8Array.from([...Buffer.from('WEBP'), ...chunks.flatMap(chunkBytes)]) }))
}

export const extended = (width: number, height: number, flags: { alpha?: boolean; animation?: boolean } = {}): Chunk => ({
  kind: 'VP8X',
  payload: Uint8Array.from([
    (flags.alpha === true ? 0x10 : 0) | (flags.animation === true ? 0x02 : 0),
    0,
    0,
    0,
    ...bytes24(width - 1),
    ...bytes24(height - 1),
  ]),
})

/** The pixels' chunks of a still file: ALPH, VP8 and VP8L. */
export function pixelChunks(file: Uint8Array): Chunk[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const chunks: Chunk[] = []
  for (let at = 12; at + 8 <= file.length;) {
    const size = view.getUint32(at + 4, true)
    chunks.push({ kind: Buffer.from(file.subarray(at, at + 4)).toString(), payload: file.slice(at + 8, at + 8 + size) })
    at += 8 + size + (size & 1)
  }
  return chunks.filter(({ kind }) => ['ALPH', 'VP8 ', 'VP8L'].includes(kind))
}

export interface FramePlace {
  /** Even. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly replaces?: boolean
  readonly disposes?: boolean
}

export const frame = ({ x, y, width, height, replaces = false, disposes = false }: FramePlace, chunks: readonly Chunk[]): Chunk => ({
  kind: 'ANMF',
  payload: Uint8Array.from([
    ...bytes24(x / 2),
    ...bytes24(y / 2),
    ...bytes24(width - 1),
    ...bytes24(height - 1),
    ...bytes24(100),
    (replaces ? 2 : 0) | (disposes ? 1 : 0),
    ...chunks.flatMap(chunkBytes),
  ]),
})

/** Loops for ever on a transparent ground. */
export const animationHeader: Chunk = { kind: 'ANIM', payload: new Uint8Array(6) }
