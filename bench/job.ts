/** One kind of work, the same for every engine. */
export interface Job {
  /** As the tables and the JSON name it. */
  readonly name: string
  /** Of the result; the height follows. */
  readonly width: number
  readonly format: 'jpeg' | 'webp' | 'png'
  /** Gaussian blur of sigma 2, then more light and more colour, after the scaling. */
  readonly hasChain: boolean
}

export const QUALITY = 80
export const CHAIN = { sigma: 2, brightness: 1.1, saturation: 1.3 } as const

export const scaling = (width: number, format: Job['format']): Job => ({ name: `${width} px ${format}`, width, format, hasChain: false })
export const chain = (width: number): Job => ({ name: `${width} px, blur and colour, jpeg`, width, format: 'jpeg', hasChain: true })

/** A file and a job on it. */
export interface Case {
  /** Path of the file. */
  readonly file: string
  /** As the tables and the JSON name it. */
  readonly input: string
  readonly job: Job
}

/** One way to do a job. Engines run in this process, on one thread, and may keep what a warm isolate would keep. */
export interface Engine {
  readonly name: 'emulsion' | 'sharp' | 'jsquash' | 'photon'
  /** Whether the engine knows the job at all, and pictures of this size in bearable memory. */
  can(job: Job, megapixels: number): boolean
  run(file: Uint8Array, job: Job): Promise<Result>
}

export interface Result {
  readonly bytes: Uint8Array
  /** Pixel buffers outside of WASM memories that the engine held at once. */
  readonly pixelBytes: number
}

export const heightFor = (job: Job, source: { readonly width: number; readonly height: number }): number =>
  Math.max(1, Math.round((source.height * job.width) / source.width))
