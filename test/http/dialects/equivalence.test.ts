import { describe, expect, it } from 'vitest'
import { parseTransformations } from '../../../src/http/dialects/batch/transformations.ts'
import { parseImageQuery } from '../../../src/http/dialects/bytescale/image-query/parse.ts'
import { canonical, type TransformPlan } from '../../../src/image/plan.ts'
import { syntheticPicture } from '../../expectations/picture.ts'
import { applySteps, encodeAs } from '../../support/apply-steps.ts'
import { openImageContext } from '../../support/image-context.ts'

/** The same wish in two languages. */
const ROWS: readonly (readonly [query: string, transformations: readonly object[]])[] = [
  ['w=40', [{ type: 'resize', width: 40 }]],
  ['h=33', [{ type: 'resize', height: '33px' }]],
  ['w=40&h=40&fit=stretch', [{ type: 'resize', width: 40, height: 40 }]],
  ['w=40&h=40&fit=stretch', [{ type: 'fitmethod', fit_type: 'stretch', width: 40, height: 40 }]],
  ['w=40&h=40&fit=max', [{ type: 'fitmethod', fit_type: 'box', width: 40, height: 40 }]],
  ['w=40&h=40&fit=min', [{ type: 'fitmethod', fit_type: 'outside', width: 40, height: 40 }]],
  ['w=40&h=30&fit=crop&crop=left', [{ type: 'fitmethod', fit_type: 'cropbox', width: 40, height: 30, gravity: 'west' }]],
  [
    'crop-x=5&crop-y=6&crop-w=20&crop-h=10',
    [{ type: 'crop', gravity: 'northwest', xoffset: 5, yoffset: 6, width: 20, height: 10, fit: false }],
  ],
  ['w=40&h=30&fit=pad&crop=left', [{ type: 'fitmethod', fit_type: 'letterbox', width: 40, height: 30, gravity: 'west', opacity: 0 }]],
  ['sepia=true', [{ type: 'filter', filter: 'sepia' }]],
  ['rotate=90', [{ type: 'rotate', degrees: 90 }]],
  ['rotate=12.5', [{ type: 'rotate', degrees: '12.5' }]],
  ['flip=true', [{ type: 'flip', direction: 'y' }]],
  ['flop=true', [{ type: 'flip', direction: 'horizontal' }]],
  ['blur=4', [{ type: 'blur', sigma: 4 }]],
  ['contrast=25', [{ type: 'contrast', level: 25 }]],
  ['negate=true', [{ type: 'filter', filter: 'negate' }]],
  ['grayscale=true', [{ type: 'filter', filter: 'grayscale' }]],
  ['threshold=128', [{ type: 'filter', filter: 'bw' }]],
  [
    'text=Hi&font-size=14&color=ff0000&gravity=bottom-right&padding=3',
    [{ type: 'annotation', text: 'Hi', size: 14, color: '#f00', font: 'Arial', gravity: 'southeast', xoffset: 3, yoffset: 3 }],
  ],
  [
    'text=Hi&font-size=14&font=Times&color=00f',
    [{ type: 'annotation', text: 'Hi', size: '14', color: '#0000ff', font: 'Times New Roman' }],
  ],
  [
    'image=/logo.png&layer-w=12&gravity=top&padding-y=2',
    [{ type: 'watermark', source: 'logo.png', width: '12px', gravity: 'north', yoffset: 2 }],
  ],
  [
    'w=30&blur=1&text=x&color=000&font-size=9',
    [
      { type: 'resize', width: 30 },
      { type: 'blur', sigma: 1 },
      { type: 'annotation', text: 'x', size: 9, color: '#000' },
    ],
  ],
]

async function bytesOf({ steps, output }: TransformPlan): Promise<Uint8Array> {
  const logo = syntheticPicture(9, 6, 'translucent')
  const raster = await applySteps(syntheticPicture(60, 40, 'opaque'), steps, { inputs: [logo], files: [] })
  const { context, release } = openImageContext()
  const bytes = await encodeAs(context, 'png', raster, { quality: output.quality })
  await release(true)
  return bytes
}

describe('equal wishes give equal plans and equal bytes', () => {
  it.each(ROWS)('%s', async (query, transformations) => {
    const bytescale = parseImageQuery([...new URLSearchParams(`${query}&f=png&q=70`)]).plan
    const batch = parseTransformations({ transformations, destination: '/x.png' }, 'jobs[0]')
    expect(canonical(batch)).toBe(canonical(bytescale))
    expect(Buffer.compare(await bytesOf(batch), await bytesOf(bytescale))).toBe(0)
  })
  it('and different ones do not', () => {
    const plans = new Set(ROWS.map(([query]) => canonical(parseImageQuery([...new URLSearchParams(query)]).plan)))
    expect(plans.size).toBe(new Set(ROWS.map(([query]) => query)).size)
  })
})
