/** What a module of wasm-bindgen has for texts. */
export interface Memory {
  readonly memory: WebAssembly.Memory
  __wbindgen_malloc(bytes: number, alignment: number): number
  __wbindgen_exn_store(error: number): void
}

/** JavaScript's values outside, numbers inside. */
export interface Handles {
  put(value: unknown): number
  get(handle: number): unknown
  take(handle: number): unknown
}

/** The handles below 132 mean `undefined`, but for three. (wasm-bindgen 0.2, as the package's glue has it.) */
const FIRST = 132
const CONSTANTS: Readonly<Record<number, unknown>> = { 129: null, 130: true, 131: false }

export function createHandles(): Handles {
  const values: unknown[] = []
  const free: number[] = []
  const get = (handle: number): unknown => (handle < FIRST ? CONSTANTS[handle] : values[handle - FIRST])
  return {
    get,
    put(value) {
      const at = free.pop() ?? values.length
      values[at] = value
      return at + FIRST
    },
    take(handle) {
      const value = get(handle)
      if (handle >= FIRST) {
        values[handle - FIRST] = undefined
        free.push(handle - FIRST)
      }
      return value
    },
  }
}

/** Copies a text into the module's memory, as UTF-8. */
export function putText(wasm: Memory, text: string): { readonly at: number; readonly length: number } {
  const bytes = new TextEncoder().encode(text)
  const at = wasm.__wbindgen_malloc(bytes.length, 1) >>> 0
  new Uint8Array(wasm.memory.buffer, at, bytes.length).set(bytes)
  return { at, length: bytes.length }
}

const textAt = (wasm: Memory, at: number, length: number): string =>
  new TextDecoder().decode(new Uint8Array(wasm.memory.buffer, at >>> 0, length >>> 0))

type Import = (...args: number[]) => unknown

/** What a module imports, by name. `wasm` is asked for when a function is called. @throws Error for a function that is not known. */
export function importsOf(module: WebAssembly.Module, handles: Handles, wasm: () => Memory): WebAssembly.ModuleImports {
  const known = functionsFor(handles, wasm)
  return Object.fromEntries(
    WebAssembly.Module.imports(module).map(({ name }) => {
      // The end of `__wbg_push_a5b05aedc7234f9f` is a hash.
      const found = known[name] ?? known[name.replace(/^__wbg_|^__wbindgen_/, '').replace(/_[0-9a-f]{16}$/, '')]
      if (!found) throw new Error(`resvg imports ${name}`)
      return [name, found]
    }),
  )
}

function functionsFor({ put, get, take }: Handles, wasm: () => Memory): Readonly<Record<string, Import>> {
  return {
    __wbg_new_28c511d9baebfa89: (at = 0, length = 0) => put(new Error(textAt(wasm(), at, length))),
    __wbg_new_16b304a2cfa7ff4a: () => put([]),
    __wbg_new_63b92bc8671ed464: (of = 0) => put(new Uint8Array(get(of) as ArrayBuffer)),
    memory: () => put(wasm().memory),
    buffer: (of = 0) => put((get(of) as WebAssembly.Memory).buffer),
    newwithbyteoffsetandlength: (of = 0, at = 0, length = 0) => put(new Uint8Array(get(of) as ArrayBuffer, at >>> 0, length >>> 0)),
    object_drop_ref: (handle = 0) => take(handle),
    values: (of = 0) => put((get(of) as unknown[]).values()),
    next(of = 0) {
      try {
        return put((get(of) as Iterator<unknown>).next())
      } catch (error) {
        return wasm().__wbindgen_exn_store(put(error))
      }
    },
    done: (of = 0) => (get(of) as IteratorResult<unknown>).done === true,
    value: (of = 0) => put((get(of) as IteratorResult<unknown>).value),
    instanceof_Uint8Array: (of = 0) => get(of) instanceof Uint8Array,
    string_get(to = 0, of = 0) {
      const value = get(of)
      const { at, length } = typeof value === 'string' ? putText(wasm(), value) : { at: 0, length: 0 }
      new Int32Array(wasm().memory.buffer, to, 2).set([at, length])
    },
    string_new: (at = 0, length = 0) => put(textAt(wasm(), at, length)),
    push: (of = 0, value = 0) => (get(of) as unknown[]).push(get(value)),
    length: (of = 0) => (get(of) as Uint8Array).length,
    set: (of = 0, from = 0, at = 0) => (get(of) as Uint8Array).set(get(from) as Uint8Array, at >>> 0),
    throw(at = 0, length = 0) {
      throw new Error(textAt(wasm(), at, length))
    },
  }
}
