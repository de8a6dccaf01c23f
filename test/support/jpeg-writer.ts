// Writes JPEG files of every structure from coefficients: any sampling, any scans, restart markers. Tests need files that no encoder makes.
// One Huffman table serves all scans that bring none: 255 symbols have codes of 8 bits, symbol 255 has 9.

export interface WrittenComponent {
  readonly id?: number
  readonly h: number
  readonly v: number
  /** Quantised coefficients in zigzag order of each block, row by row, of whole interleaved MCUs: see `blockGrid`. */
  readonly blocks: readonly Int16Array[]
}

export interface WrittenScan {
  readonly components: readonly number[]
  readonly start: number
  readonly end: number
  readonly high: number
  readonly low: number
  /** The scan brings tables whose symbols are rotated by so many places. */
  readonly rotation?: number
}

export interface WrittenJpeg {
  readonly width: number
  readonly height: number
  readonly components: readonly WrittenComponent[]
  readonly scans: readonly WrittenScan[]
  readonly isProgressive?: boolean
  /** MCUs between restart markers. */
  readonly restartInterval?: number
  /** 64 quantisers in zigzag order; all 1 by default. Values over 255 make a table of 16 bits. */
  readonly quantisers?: readonly number[]
  /** Complete segments (with marker and length) behind SOI. */
  readonly segments?: readonly (readonly number[])[]
}

/** Blocks across and down that a component of the picture has, padded to whole MCUs, and the blocks among them that hold samples. */
export function blockGrid(
  jpeg: Pick<WrittenJpeg, 'width' | 'height'> & { readonly components: readonly { h: number; v: number }[] },
  index: number,
) {
  const hMax = Math.max(...jpeg.components.map(({ h }) => h))
  const vMax = Math.max(...jpeg.components.map(({ v }) => v))
  const { h, v } = jpeg.components[index]!
  const [mcusAcross, mcusDown] = [Math.ceil(jpeg.width / (8 * hMax)), Math.ceil(jpeg.height / (8 * vMax))]
  return {
    across: mcusAcross * h,
    down: mcusDown * v,
    usedAcross: Math.ceil((jpeg.width * h) / (8 * hMax)),
    usedDown: Math.ceil((jpeg.height * v) / (8 * vMax)),
    mcusAcross,
    mcusDown,
  }
}

export const segment = (marker: number, payload: readonly number[]): number[] => [
  0xff,
  marker,
  (payload.length + 2) >> 8,
  (payload.length + 2) & 255,
  ...payload,
]

export function writeJpeg(jpeg: WrittenJpeg): Uint8Array {
  const { width, height, components } = jpeg
  const quantisers = jpeg.quantisers ?? Array.from({ length: 64 }, () => 1)
  const isWide = quantisers.some((value) => value > 255)
  const bytes: number[] = [0xff, 0xd8, ...(jpeg.segments ?? []).flat()]
  bytes.push(...segment(0xdb, [isWide ? 0x10 : 0, ...quantisers.flatMap((value) => (isWide ? [value >> 8, value & 255] : [value]))]))
  const frame = components.flatMap(({ id, h, v }, i) => [id ?? i + 1, (h << 4) | v, 0])
  bytes.push(
    ...segment(jpeg.isProgressive ? 0xc2 : 0xc1, [8, height >> 8, height & 255, width >> 8, width & 255, components.length, ...frame]),
  )
  bytes.push(...tables(0))
  if (jpeg.restartInterval) bytes.push(...segment(0xdd, [jpeg.restartInterval >> 8, jpeg.restartInterval & 255]))
  let rotation = 0
  for (const scan of jpeg.scans) {
    rotation = scan.rotation ?? rotation
    const selectors = scan.components.flatMap((index) => [components[index]!.id ?? index + 1, 0])
    if (scan.rotation !== undefined) bytes.push(...tables(scan.rotation))
    bytes.push(...segment(0xda, [scan.components.length, ...selectors, scan.start, scan.end, (scan.high << 4) | scan.low]))
    writeScan(bytes, jpeg, scan, rotation)
  }
  bytes.push(0xff, 0xd9)
  return Uint8Array.from(bytes)
}

function tables(rotation: number): number[] {
  const symbols = (count: number) => Array.from({ length: count }, (_, i) => (i + rotation) % count)
  return [
    // A DC table has no symbol over 15.
    ...segment(0xc4, [0, 0, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, ...symbols(16)]),
    ...segment(0xc4, [0x10, 0, 0, 0, 0, 0, 0, 0, 255, 1, 0, 0, 0, 0, 0, 0, 0, ...symbols(256)]),
  ]
}

function writeScan(bytes: number[], jpeg: WrittenJpeg, scan: WrittenScan, rotation: number): void {
  const coder = createCoder(bytes, rotation)
  const encode = !jpeg.isProgressive ? sequentialBlock : scan.start === 0 ? dcBlock : scan.high === 0 ? acFirstBlock : acRefineBlock
  const state = { coder, scan, predictors: [0, 0, 0, 0], runOfEnds: 0, runBits: [] as number[] }
  scanUnits(jpeg, scan).forEach((unit, n) => {
    if (jpeg.restartInterval && n > 0 && n % jpeg.restartInterval === 0) {
      flushRun(state)
      coder.flush()
      bytes.push(0xff, 0xd0 + ((n / jpeg.restartInterval - 1) & 7))
      state.predictors.fill(0)
    }
    for (const { component, block } of unit) encode(state, block, component)
  })
  flushRun(state)
  coder.flush()
}

interface ScanState {
  readonly coder: ReturnType<typeof createCoder>
  readonly scan: WrittenScan
  readonly predictors: number[]
  /** Blocks that have ended without an end-of-block code yet, and the correction bits that follow it. */
  runOfEnds: number
  runBits: number[]
}

/** The blocks of each MCU of a scan, in order. */
function scanUnits(jpeg: WrittenJpeg, scan: WrittenScan): { component: number; block: Int16Array }[][] {
  const only = scan.components.length === 1
  const grid = blockGrid(jpeg, scan.components[0]!)
  const [unitsAcross, unitsDown] = only ? [grid.usedAcross, grid.usedDown] : [grid.mcusAcross, grid.mcusDown]
  const units: { component: number; block: Int16Array }[][] = []
  for (let row = 0; row < unitsDown; row++) {
    for (let column = 0; column < unitsAcross; column++) {
      units.push(
        scan.components.flatMap((component) => {
          const { across } = blockGrid(jpeg, component)
          const { h, v, blocks } = only ? { ...jpeg.components[component]!, h: 1, v: 1 } : jpeg.components[component]!
          return Array.from({ length: h * v }, (_, i) => ({
            component,
            block: blocks[(row * v + Math.floor(i / h)) * across + column * h + (i % h)]!,
          }))
        }),
      )
    }
  }
  return units
}

function createCoder(bytes: number[], rotation: number) {
  let pending = 0
  let count = 0
  const put = (value: number, length: number) => {
    for (let i = length - 1; i >= 0; i--) {
      pending = (pending << 1) | ((value >> i) & 1)
      if (++count < 8) continue
      bytes.push(pending)
      if (pending === 0xff) bytes.push(0)
      pending = 0
      count = 0
    }
  }
  const place = (symbol: number, count: number) => (symbol - (rotation % count) + count) % count
  const putAc = (at: number) => (at === 255 ? put(510, 9) : put(at, 8))
  return {
    put,
    dcSymbol: (symbol: number) => put(place(symbol, 16), 8),
    acSymbol: (symbol: number) => putAc(place(symbol, 256)),
    flush: () => put(0x7f, (8 - count) % 8),
  }
}

const sizeOf = (value: number): number => 32 - Math.clz32(Math.abs(value))
const magnitude = (value: number): number => (value < 0 ? value - 1 : value) & ((1 << sizeOf(value)) - 1)

function putDc({ coder, predictors }: ScanState, value: number, component: number): void {
  const difference = value - predictors[component]!
  predictors[component] = value
  coder.dcSymbol(sizeOf(difference))
  coder.put(magnitude(difference), sizeOf(difference))
}

function sequentialBlock(state: ScanState, block: Int16Array, component: number): void {
  putDc(state, block[0]!, component)
  putBand(state.coder, block, 1, 63, 0, () => state.coder.acSymbol(0))
}

/** Runs and values of a band; `end` is called when zeros remain. */
function putBand(
  coder: ScanState['coder'],
  block: Int16Array,
  from: number,
  to: number,
  low: number,
  end: () => void,
  begin = () => {},
): void {
  let run = 0
  for (let k = from; k <= to; k++) {
    const value = Math.trunc(block[k]! / (1 << low))
    if (value === 0) {
      run++
      continue
    }
    begin()
    for (; run > 15; run -= 16) coder.acSymbol(0xf0)
    coder.acSymbol((run << 4) | sizeOf(value))
    coder.put(magnitude(value), sizeOf(value))
    run = 0
  }
  if (run > 0) end()
}

function dcBlock(state: ScanState, block: Int16Array, component: number): void {
  if (state.scan.high === 0) putDc(state, block[0]! >> state.scan.low, component)
  else state.coder.put((block[0]! >> state.scan.low) & 1, 1)
}

function acFirstBlock(state: ScanState, block: Int16Array): void {
  const { start, end, low } = state.scan
  putBand(
    state.coder,
    block,
    start,
    end,
    low,
    () => addEnd(state, []),
    () => flushRun(state),
  )
}

/** T.81 G.1.2.3: a run passes coefficients that are known already; their correction bits follow the run's symbol. */
function acRefineBlock(state: ScanState, block: Int16Array): void {
  const { start, end, low } = state.scan
  const at = (k: number) => Math.trunc(Math.abs(block[k]!) / (1 << low))
  let last = start - 1
  for (let k = start; k <= end; k++) if (at(k) === 1) last = k
  let run = 0
  let corrections: number[] = []
  for (let k = start; k <= end; k++) {
    const value = at(k)
    if (value === 0) {
      run++
      continue
    }
    for (; run > 15 && k <= last; run -= 16) {
      flushRun(state)
      state.coder.acSymbol(0xf0)
      corrections.forEach((bit) => state.coder.put(bit, 1))
      corrections = []
    }
    if (value > 1) {
      corrections.push(value & 1)
      continue
    }
    flushRun(state)
    state.coder.acSymbol((run << 4) | 1)
    state.coder.put(block[k]! < 0 ? 0 : 1, 1)
    corrections.forEach((bit) => state.coder.put(bit, 1))
    corrections = []
    run = 0
  }
  if (run > 0 || corrections.length > 0) addEnd(state, corrections)
}

function addEnd(state: ScanState, corrections: readonly number[]): void {
  state.runOfEnds++
  state.runBits.push(...corrections)
  if (state.runOfEnds === 0x7fff) flushRun(state)
}

function flushRun(state: ScanState): void {
  if (state.runOfEnds === 0) return
  const size = sizeOf(state.runOfEnds) - 1
  state.coder.acSymbol(size << 4)
  state.coder.put(state.runOfEnds & ((1 << size) - 1), size)
  state.runBits.forEach((bit) => state.coder.put(bit, 1))
  state.runOfEnds = 0
  state.runBits = []
}
