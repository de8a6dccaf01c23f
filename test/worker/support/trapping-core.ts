const Plain = WebAssembly.Instance

/** From now on new instances of the core trap when they decode a JPEG. */
export function breakCore(): void {
  WebAssembly.Instance = class {
    readonly exports: WebAssembly.Exports
    constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
      const { exports } = new Plain(module, imports)
      const trap = (): never => {
        throw new WebAssembly.RuntimeError('unreachable')
      }
      this.exports = 'jpegDecodeRow' in exports ? { ...exports, jpegDecodeRow: trap } : exports
    }
  }
}

export function mendCore(): void {
  WebAssembly.Instance = Plain
}
