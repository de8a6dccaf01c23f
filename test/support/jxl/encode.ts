import { jxl } from 'icodec/node'
import type { Bytes } from '../pictures.ts'

export interface JxlOptions {
  readonly lossless?: boolean
  readonly quality?: number
  /** 1 to 9; the higher ones take long. */
  readonly effort?: number
  /** Of each sample; more than 8 of them are stored as 16, the lower byte first. */
  readonly depth?: number
}

/** RGBA as icodec's libjxl writes it: a bare codestream. */
export async function encodeJxl(
  { width, height, data }: { readonly width: number; readonly height: number; readonly data: Uint8Array | Uint8ClampedArray },
  { depth = 8, effort = 1, ...options }: JxlOptions = {},
): Promise<Bytes> {
  await jxl.loadEncoder()
  const bytes = new Uint8ClampedArray(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
  return Uint8Array.from(jxl.encode({ width, height, data: bytes, depth }, { effort, ...options }))
}
