import { expect, it } from 'vitest'
import { NO_INPUTS } from '../../../src/image/context.ts'
import { openRowsContext } from '../../../src/image/execute.ts'
import type { Core } from '../../../src/image/engine/core.ts'
import { rasterRows } from '../../../src/image/engine/rows/pixel-rows.ts'
import { operation, type OperationName, step } from '../../../src/image/plan.ts'
import { stepsBytes } from '../../../src/image/planner.ts'
import { openStep } from '../../../src/image/rows.ts'
import * as table from '../../../src/image/ops/table.ts'
import type { Raster } from '../../../src/image/raster.ts'
import { countArrays } from '../../support/count-memory.ts'
import { openImageContext } from '../../support/image-context.ts'

/** Large against what the core takes for its tables and rows. */
const SHAPE = { width: 900, height: 700 }
/** Tables that are made once, and small maps that do not grow with the picture: no operation speaks for them. */
const TABLE_BYTES = 50_000

/** The most expensive wishes of each operation that a picture of this size can have. */
const WISHES = {
  blur: [{ sigma: 3 }, { sigma: 60 }],
  brightness: [{ level: 10 }],
  colorize: [{ red: 10 }],
  composite: [],
  contrast: [{ level: 10 }],
  convolve: [{ kernel: [1, 1, 1, 1, 1, 1, 1, 1, 1], divisor: 9 }],
  cover: [{ width: 300, height: 300 }],
  crop: [{ width: 800, height: 600 }],
  enhance: [{}],
  extend: [{ left: 10, top: 20 }],
  flatten: [{}],
  flip: [{ axis: 'vertical' }],
  gamma: [{ exponent: 2 }],
  grayscale: [{}],
  letterbox: [
    { width: 850, height: 850 },
    { width: 1000, height: 720 },
  ],
  median: [{ size: 3 }, { size: 15 }],
  modulate: [{ saturation: 2 }],
  negate: [{}],
  normalize: [{}],
  oilPaint: [{}, { radius: 10 }],
  partialBlur: [
    {
      areas: [
        { x: 0, y: 0, width: 900, height: 700 },
        { x: 800, y: 100, width: 500, height: 300 },
      ],
      sigma: 20,
    },
  ],
  partialPixelate: [
    {
      areas: [
        { x: 0, y: 0, width: 900, height: 700 },
        { x: 800, y: 100, width: 500, height: 300 },
      ],
    },
  ],
  ascii: [{}, { coloured: true }],
  pixelate: [{ size: 2 }, { size: 9 }],
  redact: [{ areas: [{ x: 0, y: 0, width: { percent: 50, of: 'width' }, height: 700 }] }],
  recolour: [{ matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1] }],
  resize: [{ width: 450 }, { width: 1000 }],
  rotate: [{ degrees: 33 }, { degrees: 90 }],
  roundCorners: [{ radius: 50 }, { radius: 50, softness: 5 }],
  selectiveBlur: [{}],
  sepia: [{}],
  shadow: [{}, { sigma: 20, x: -40, y: 90 }],
  sharpen: [{ sigma: 2 }],
  smartCrop: [{ width: 300, height: 300, strategy: 'attention' }],
  text: [
    { text: 'Emulsion', size: 200 },
    { text: 'Emulsion', size: 40, repeat: true },
  ],
  threshold: [{}],
  tint: [{ colour: 'ff0000ff' }],
  tornEdges: [{}],
  trim: [{}],
  unletterbox: [{}],
  vignette: [{}],
  zoom: [{ width: 400, level: 2 }],
} satisfies Record<OperationName, readonly object[]>

const noise = (): Raster => {
  const data = new Uint8ClampedArray(SHAPE.width * SHAPE.height * 4)
  for (let i = 0, state = 1; i < data.length; i++) data[i] = (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 24
  return { ...SHAPE, data }
}
const flat = (): Raster => ({ ...SHAPE, data: new Uint8ClampedArray(SHAPE.width * SHAPE.height * 4).fill(200) })

const arrays = countArrays()

/** The most that the core's arena holds from now on beyond what it holds now. */
function arenaOf(core: Core): () => number {
  const before = core.mark()
  const { alloc } = core
  let top = before
  Object.assign(core, {
    alloc(bytes: number) {
      const at = alloc(bytes)
      top = Math.max(top, core.mark())
      return at
    },
  })
  return () => top - before
}

const cases = (Object.keys(table) as OperationName[]).flatMap((op) =>
  WISHES[op].flatMap((params) =>
    Object.entries({ noise, flat }).map(([source, make]) => ({ op, params, wish: JSON.stringify(params), source, make })),
  ),
)

it.each(cases)('$op $wish on $source takes no more memory than it says', async ({ op, params, make }) => {
  const input = make()
  const definition = operation(op)
  const wish = step(op, params as never) // the table above is typed by name only
  const output = definition.plan(wish.params, input)
  const { context: image } = openImageContext()
  const context = await openRowsContext(image)
  const { core, drain } = context
  const rows = rasterRows(core, input)
  const taken = arenaOf(core)
  arrays.reset()
  if (definition.resolve) await definition.resolve(wish.params, rows, output, { ...context, ...NO_INPUTS })
  else await drain(await openStep(wish, rows, { ...context, ...NO_INPUTS }), () => undefined)
  expect(arrays.bytes + taken()).toBeLessThanOrEqual(stepsBytes([wish], [input, output], rows.isOpaque) + TABLE_BYTES)
})
