/** `colour`: Gaussian blur, then more light and more colour. `text`: Gaussian blur, more contrast, then a line of text. */
export type Effects = 'none' | 'colour' | 'text'

/** One kind of work, the same for every engine. */
export interface Job {
  /** As the tables and the JSON name it. */
  readonly name: string
  /** Of the result; the height follows. */
  readonly width: number
  readonly format: 'jpeg' | 'webp' | 'png'
  /** After the scaling. */
  readonly effects: Effects
}

export const QUALITY = 80
export const BLUR_SIGMA = 2
export const COLOUR = { brightness: 1.1, saturation: 1.3 } as const
/** Steepens tones by (120/100)² about the middle. */
export const CONTRAST_LEVEL = 20
/** In Liberation Sans, its first line's box `left` and `top` pixels from the upper left corner. */
export const TEXT = { text: 'The quick brown fox', size: 64, colour: 'ffffff', left: 40, top: 40 } as const

export const scaling = (width: number, format: Job['format']): Job => ({ name: `${width} px ${format}`, width, format, effects: 'none' })
export const colourChain = (width: number): Job => ({
  name: `${width} px, blur and colour, jpeg`,
  width,
  format: 'jpeg',
  effects: 'colour',
})
export const textChain = (width: number): Job => ({
  name: `${width} px, blur, contrast and text, jpeg`,
  width,
  format: 'jpeg',
  effects: 'text',
})

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
  /** Whether the engine can do the job, with a picture of this size and in acceptable memory. */
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
