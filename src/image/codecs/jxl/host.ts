// What icodec's module of libjxl wants of its surroundings. The package's own glue makes functions of text, which Workers forbid; of Embind's calls
// (emscripten/src/lib/libembind.js) its decoder needs the few that are here. The short names are those of icodec 0.6.0.

interface Exports {
  readonly x: WebAssembly.Memory
  readonly A: WebAssembly.Table
  /** Runs the constructors of static objects. */
  y(): void
  malloc(bytes: number): number
}

/** Pixels in the module's memory. */
export interface Pixels {
  readonly at: number
  readonly bytes: number
}

/** What the module gives out: a picture, of which samples of more than 8 bits are 16 each; or why there is none. */
export type Given =
  { readonly pixels: Pixels; readonly width: number; readonly height: number; readonly bits: number } | { readonly problem: string }

/** A running module. It decodes once. */
export interface Host {
  /** @param file in parts. */
  decode(file: readonly Uint8Array[]): Given
  memory(): Uint8Array<ArrayBuffer>
  /** What its memory wanted to be and was not allowed to, in bytes; 0: nothing. */
  refusedBytes(): number
}

/** Thrown through the module's frames when a picture is complete: so nothing there gives its pixels back, and they need no copy. */
class Complete extends Error {
  readonly given: Given
  constructor(given: Given) {
    super('The picture is complete')
    this.given = given
  }
}

/** What a number of Embind's stands for: an object of JavaScript by its name, a text, or pixels. */
type Value = string | Pixels

const PAGE_BYTES = 65_536
/** Grown by so many pages at least. */
const GROWTH_PAGES = 16
/** Arguments of a call lie so far apart. */
const ARGUMENT_BYTES = 8

/** Starts the module. @param most bytes of its memory. */
export function startHost(module: WebAssembly.Module, most: number): Host {
  let refused = 0
  let decode: { readonly invoker: number; readonly callee: number } | null = null
  const views = new Set<number>()
  const callers: (readonly number[])[] = []
  const values: Value[] = []

  const bytes = (): Uint8Array<ArrayBuffer> => new Uint8Array(exports.x.buffer as ArrayBuffer)
  const word = (at: number): number => new DataView(exports.x.buffer).getUint32(at, true)
  function text(at: number): string {
    const memory = bytes()
    return String.fromCharCode(...memory.subarray(at, memory.indexOf(0, at)))
  }
  /** Numbers up to 9 are Embind's own. */
  const numberOf = (value: Value): number => values.push(value) + 9
  const valueOf = (number: number): Value | undefined => values[number - 10]
  const wordsAt = (at: number, count: number): readonly number[] => Array.from({ length: count }, (_, i) => word(at + 4 * i))

  function call(caller: number, callee: number, _destructors: number, args: number): number {
    const [, ...types] = callers[caller] ?? []
    const at = (i: number): number => args + i * ARGUMENT_BYTES
    const name = valueOf(callee)
    if (name === 'Uint8ClampedArray' && types.length === 1 && views.has(types[0] as number))
      return numberOf({ bytes: word(at(0)), at: word(at(0) + 4) })
    const pixels = valueOf(word(at(0)))
    if (name === '_icodec_ImageData' && typeof pixels === 'object')
      throw new Complete({ pixels, width: word(at(1)), height: word(at(2)), bits: word(at(3)) })
    throw new Error(`libjxl calls ${JSON.stringify(name)}`)
  }

  function grow(wanted: number): number {
    const size = exports.x.buffer.byteLength
    const bytes = wanted >>> 0
    if (bytes > most) {
      refused = bytes
      return 0
    }
    const pages = Math.ceil((bytes - size) / PAGE_BYTES)
    exports.x.grow(Math.min(Math.max(pages, GROWTH_PAGES), Math.max(pages, Math.floor((most - size) / PAGE_BYTES))))
    return 1
  }

  const nothing = (): number => 0
  const end = (): never => {
    throw new Error('libjxl has ended itself')
  }
  const imports = {
    a: (type: number) => void views.add(type), // _embind_register_memory_view
    e: (name: number) => numberOf(text(name)), // _emval_get_global
    g: (count: number, types: number) => callers.push(wordsAt(types, count)) - 1, // _emval_get_method_caller
    h: call, // _emval_call
    i(name: number, _count: number, _types: number, _signature: number, invoker: number, callee: number) {
      if (text(name) === 'decode') decode = { invoker, callee } // _embind_register_function
    },
    j: (at: number) => numberOf(text(at)), // _emval_new_cstring
    q: end, // proc_exit
    t: grow, // emscripten_resize_heap
    u: (to: number, from: number, count: number) => void bytes().copyWithin(to, from, from + count), // emscripten_memcpy
    v: end, // abort
    // Other types, counts of references, timers.
    ...Object.fromEntries([...'bcdfklmnoprsw'].map((name) => [name, nothing])),
  }
  const { B: malloc, ...rest } = new WebAssembly.Instance(module, { a: imports }).exports as unknown as Omit<Exports, 'malloc'> & {
    B: Exports['malloc'] // what the package's own glue calls it
  }
  const exports: Exports = { ...rest, malloc }
  exports.y()

  return {
    decode(file) {
      if (!decode) throw new Error('libjxl has no decoder')
      // A `std::string` on its way: its length, its bytes, a zero.
      const length = file.reduce((sum, part) => sum + part.length, 0)
      const string = exports.malloc(4 + length + 1)
      if (string === 0) return { problem: 'no memory' }
      new DataView(exports.x.buffer).setUint32(string, length, true)
      let at = string + 4
      for (const part of file) {
        bytes().set(part, at)
        at += part.length
      }
      try {
        const invoke = exports.A.get(decode.invoker) as (callee: number, file: number) => number
        return { problem: JSON.stringify(valueOf(invoke(decode.callee, string)) ?? 'nothing is given out') }
      } catch (thrown) {
        if (thrown instanceof Complete) return thrown.given
        throw thrown
      }
    },
    memory: bytes,
    refusedBytes: () => refused,
  }
}
