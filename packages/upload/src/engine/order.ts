/** What the page and its worker tell each other. */

/** Parameters of image URLs, in their order. */
export type Parameters = readonly (readonly [name: string, value: string])[]

/** Of a picture that is made; as the service has them. */
export interface EngineLimits {
  readonly heic: boolean
  /** Of a file that is decoded, or whose place is taken out. */
  readonly maxFileBytes: number
  readonly maxPixels: number
  readonly maxSide: number
  readonly maxSteps: number
  /** That one picture may take. */
  readonly memoryBytes: number
}

/** Where the pictures lie that a preset draws. */
export interface LayerSource {
  /** `https://images.example.com/Emu1s1n/raw`. */
  readonly url: string
  readonly key: string
}

export interface Order {
  readonly file: Blob
  /** `null`: the file stays as it is. */
  readonly parameters: Parameters | null
  readonly stripLocation: boolean
  /** The service's own defaults when absent. */
  readonly limits: EngineLimits | null
  readonly layers: LayerSource | null
}

/** Why a picture was not made by the engine as wished. */
export interface Notice {
  /** `original`: the file is sent as it is, but for its place. `browser_decoded`: the browser's decoder made the pixels, so the bytes differ from the service's. */
  readonly code: 'original' | 'browser_decoded'
  readonly message: string
}

export interface Made {
  /** `null`: the file as it is. */
  readonly body: Uint8Array<ArrayBuffer> | null
  readonly mime: string
  /** Without the dot; `null`: the file's own. */
  readonly extension: string | null
  /** In pixels, upright; 0 of what is no picture. */
  readonly width: number
  readonly height: number
  readonly notice: Notice | null
  /** What was wrong with the file although a picture came out. */
  readonly warnings: readonly string[]
}

export type Answer = { readonly made: Made } | { readonly error: { readonly code: string; readonly message: string } }
