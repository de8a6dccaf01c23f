/** The compiled modules that the image domain may instantiate. Each is a function because a module is loaded only when it is first used. */
export interface WasmModules {
  /** The AssemblyScript pixel engine (src/image/assembly). */
  core(): Promise<WebAssembly.Module>
  jpegEncoder(): Promise<WebAssembly.Module>
  avifDecoder(): Promise<WebAssembly.Module>
  /** libaom's encoder. Only renderers have it; elsewhere no plan wants it. */
  avifEncoder(): Promise<WebAssembly.Module>
  /** libheif. Only renderers have it: elsewhere it is an AppError `unsupported_format`. */
  heicDecoder(): Promise<WebAssembly.Module>
  /** libjxl. As `heicDecoder`. */
  jxlDecoder(): Promise<WebAssembly.Module>
  /** libjxl's encoder. As `avifEncoder`. */
  jxlEncoder(): Promise<WebAssembly.Module>
  webpDecoder(): Promise<WebAssembly.Module>
  webpEncoder(): Promise<WebAssembly.Module>
  /** For a second opinion only (src/image/second), as are the next two. */
  jpegDecoder(): Promise<WebAssembly.Module>
  png(): Promise<WebAssembly.Module>
  resizer(): Promise<WebAssembly.Module>
  resvg(): Promise<WebAssembly.Module>
}
