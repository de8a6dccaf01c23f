import { createHash } from 'node:crypto'
import sharp, { type Sharp } from 'sharp'

export interface Photo {
  readonly path: string
  readonly bytes: Buffer
}

/** A resize of a process's photograph. */
export interface DrillJob {
  readonly width: number
  readonly format: 'webp' | 'jpeg' | 'png'
  destination(n: number): string
  request(n: number): object
}

const job = (width: number, format: DrillJob['format'], extension: string): DrillJob => {
  const destination = (n: number): string => `/out/${n}/${width}.${extension}`
  return {
    width,
    format,
    destination,
    request: (n) => ({ destination: destination(n), quality: 80, transformations: [{ type: 'resize', width }] }),
  }
}

export const JOBS: readonly DrillJob[] = [job(320, 'webp', 'webp'), job(480, 'jpeg', 'jpg'), job(64, 'png', 'png')]

/** Mean difference of a channel that two good resamplers and a lossy format may have. */
const MAX_MEAN_DIFFERENCE = 8
const checked = new Map<string, Promise<string | null>>()

/** Why a destination is not what sharp makes of the photograph; `null` when it is. Equal bytes are compared once. */
export function checkDestination(job: DrillJob, photo: Photo, bytes: Buffer): Promise<string | null> {
  if (bytes.length === 0) return Promise.resolve('is missing')
  const key = [photo.path, job.width, createHash('sha256').update(bytes).digest('hex')].join(' ')
  const known = checked.get(key) ?? compare(job, photo, bytes)
  checked.set(key, known)
  return known
}

async function compare({ width, format }: DrillJob, photo: Photo, bytes: Buffer): Promise<string | null> {
  const raw = (image: Sharp) => image.removeAlpha().raw().toBuffer({ resolveWithObject: true })
  const metadata = await sharp(bytes).metadata()
  const [result, expected] = await Promise.all([
    raw(sharp(bytes)),
    raw(sharp(photo.bytes).rotate().toColourspace('srgb').resize({ width, kernel: 'lanczos3' })),
  ])
  if (metadata.format !== format) return `is ${metadata.format}, not ${format}`
  if (result.info.width !== expected.info.width || Math.abs(result.info.height - expected.info.height) > 1)
    return `is ${result.info.width}×${result.info.height}`
  if (result.data.length !== expected.data.length) return null
  const difference = result.data.reduce((sum, value, i) => sum + Math.abs(value - (expected.data[i] ?? 0)), 0) / result.data.length
  return difference > MAX_MEAN_DIFFERENCE ? `differs by ${difference.toFixed(1)} on average` : null
}
