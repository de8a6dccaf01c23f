import { beforeAll, describe, expect, it } from 'vitest'
import { create, ended } from '../support/batch.ts'
import { ACCOUNT, picture, request, SECRET_KEY } from '../support/client.ts'
import { OPEN, store } from '../support/filestack.ts'

/** The same wish as tasks, as an image URL's query and as a batch's transformation; `null`: that dialect has no words for it. */
const ROWS: readonly (readonly [tasks: string, query: string | null, transformations: readonly object[] | null])[] = [
  ['resize=width:40', 'w=40', [{ type: 'resize', width: 40 }]],
  ['resize=w:30,h:30,fit:clip', 'w=30&h=30&fit=max', [{ type: 'fitmethod', fit_type: 'box', width: 30, height: 30 }]],
  ['resize=w:30,h:30,fit:max', 'w=30&h=30&fit=shrink', null],
  ['resize=w:40,h:40,fit:scale', 'w=40&h=40&fit=stretch', [{ type: 'resize', width: 40, height: 40 }]],
  [
    'resize=w:20,h:30,fit:crop,align:left',
    'w=20&h=30&fit=crop&crop=left',
    [{ type: 'fitmethod', fit_type: 'cropbox', width: 20, height: 30, gravity: 'west' }],
  ],
  [
    'crop=dim:[5,6,20,10]',
    'crop-x=5&crop-y=6&crop-w=20&crop-h=10',
    [{ type: 'crop', gravity: 'northwest', xoffset: 5, yoffset: 6, width: 20, height: 10, fit: false }],
  ],
  ['rotate=deg:90', 'rotate=90', [{ type: 'rotate', degrees: 90 }]],
  ['flip', 'flip=true', [{ type: 'flip', direction: 'y' }]],
  ['flop', 'flop=true', [{ type: 'flip', direction: 'x' }]],
  ['blur=amount:4', 'blur=4', [{ type: 'blur', sigma: 4 }]],
  ['sharpen=amount:3', 'sharpen=3', null],
  ['negative', 'negate=true', [{ type: 'filter', filter: 'negate' }]],
  ['monochrome', 'grayscale=true', [{ type: 'filter', filter: 'grayscale' }]],
  ['blackwhite=threshold:100', 'threshold=255', null],
  ['modulate=brightness:110,saturation:160,hue:30', 'brightness=1.1&saturation=1.6&hue=30', null],
  ['smart_crop=width:30,height:40', 'w=30&h=40&fit=crop&crop=smart', null],
  ['enhance', 'normalize=true', null],
  ['enhance=preset:fix_noise', null, [{ type: 'enhance' }]],
  ['rounded_corners=radius:12', 'border-radius=12', null],
  [
    'watermark=file:LOGO,position:[bottom,right]',
    'image=LOGO&gravity=bottom-right',
    [{ type: 'watermark', source: 'LOGO', gravity: 'southeast' }],
  ],
  [
    'flip/blur=amount:2/resize=w:20',
    null,
    [
      { type: 'flip', direction: 'y' },
      { type: 'blur', sigma: 2 },
      { type: 'resize', width: 20 },
    ],
  ],
]

let [source, logo] = [
  { handle: '', key: '' },
  { handle: '', key: '' },
]
const batches = new Map<string, Uint8Array>()
const pathOf = ({ key }: { readonly key: string }): string => `/filestack/default/${key}`
const bytesAt = async (path: string): Promise<Uint8Array> => {
  const response = await request(path, { headers: { Authorization: `Bearer ${SECRET_KEY}` } })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return new Uint8Array(await response.arrayBuffer())
}

beforeAll(async () => {
  source = await store(OPEN, picture('photo.png'), 'filename=photo.png', { 'Content-Type': 'image/png' })
  logo = await store(OPEN, picture('half-transparent.png'), 'filename=logo.png', { 'Content-Type': 'image/png' })
  const jobs = ROWS.flatMap(([tasks, , transformations], i) =>
    transformations === null
      ? []
      : [
          {
            tasks,
            destination: `/equal/${i}.png`,
            transformations: JSON.parse(JSON.stringify(transformations).replaceAll('LOGO', pathOf(logo))) as object,
          },
        ],
  )
  const details = await ended(await create({ source: pathOf(source), jobs: jobs.map(({ tasks: _, ...job }) => job) }))
  expect(details.jobs.map(({ status }) => status)).toEqual(jobs.map(() => 'FINISHED'))
  for (const { tasks, destination } of jobs) batches.set(tasks, await bytesAt(`/${ACCOUNT}/raw${destination}`))
})

describe('equal wishes have equal bytes in every dialect', () => {
  it.each(ROWS)('%s', async (tasks, query, transformations) => {
    const own = await bytesAt(`/${tasks.replace('LOGO', logo.handle)}/output=format:png/${source.handle}`)
    if (query !== null)
      expect(await bytesAt(`/${ACCOUNT}/image${pathOf(source)}?${query.replace('LOGO', pathOf(logo))}&f=png`)).toEqual(own)
    if (transformations !== null) expect(batches.get(tasks)).toEqual(own)
  })
  it('and different ones have not', async () => {
    const all = await Promise.all(
      ROWS.map(([tasks]) => bytesAt(`/${tasks.replace('LOGO', logo.handle)}/output=format:png/${source.handle}`)),
    )
    expect(new Set(all.map((bytes) => Buffer.from(bytes).toString('base64'))).size).toBeGreaterThan(ROWS.length - 3)
  })
})
