/** What every module made by wasm-bindgen exports. */
export interface BindgenExports {
  readonly memory: WebAssembly.Memory
  __wbindgen_add_to_stack_pointer(bytes: number): number
  __wbindgen_malloc(bytes: number, align: number): number
  __wbindgen_free(at: number, bytes: number, align: number): void
}

type Imported = (...args: number[]) => unknown

/**
 * Starts an instance of its own for one run. The packages' own wrappers keep one instance for ever, as large as its largest run made it.
 * `imported` gives the functions that the module asks for, by the part of the name before its hash; all others fail when they are called.
 */
export function startBindgen<E extends BindgenExports>(module: WebAssembly.Module, imported: Readonly<Record<string, Imported>> = {}): E {
  const wbg: Record<string, Imported> = {}
  for (const { name } of WebAssembly.Module.imports(module)) {
    const known = Object.keys(imported).find((prefix) => name.startsWith(prefix))
    wbg[name] =
      (known === undefined ? undefined : imported[known]) ??
      (() => {
        throw new Error(`${name} was called`)
      })
  }
  return new WebAssembly.Instance(module, { wbg }).exports as unknown as E // the package's declarations say so
}

/** Copies bytes into the instance, whose function takes them over. */
export function pass({ memory, __wbindgen_malloc: allocate }: BindgenExports, bytes: Uint8Array | Uint8ClampedArray): number {
  const at = allocate(bytes.length, 1) >>> 0
  new Uint8Array(memory.buffer).set(bytes, at)
  return at
}

/** Calls a function that writes the place and length of its bytes to its first argument, and copies them out. */
export function take(instance: BindgenExports, call: (result: number) => void): Uint8Array<ArrayBuffer> {
  const result = instance.__wbindgen_add_to_stack_pointer(-16)
  call(result)
  const view = new DataView(instance.memory.buffer)
  const at = view.getUint32(result, true)
  return new Uint8Array(instance.memory.buffer, at, view.getUint32(result + 4, true)).slice()
}
