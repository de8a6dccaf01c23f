import { describe, expect, it } from 'vitest'
import { parseTransformations } from '../../../../../src/http/dialects/batch/transformations.ts'
import { parseImageQuery } from '../../../../../src/http/dialects/bytescale/image-query/parse.ts'
import { readAddress } from '../../../../../src/http/dialects/filestack/processing/address.ts'
import { TASKS } from '../../../../../src/http/dialects/filestack/processing/tasks.ts'
import { planOf, readWish, type Wish } from '../../../../../src/http/dialects/filestack/processing/wish.ts'
import { canonical } from '../../../../../src/image/plan.ts'

const HANDLE = 'AbCdEfGhIjKlMnOpQr12'
const wishOf = (tasks: string): Wish =>
  readWish(
    readAddress(
      `/${tasks}/${HANDLE}`,
      '',
      () => false,
      () => true,
    ).tasks,
    TASKS,
  )
const planText = (tasks: string): string => canonical(planOf(wishOf(tasks), (handle) => `/${handle}`, undefined))

describe('equal wishes give equal plans in every dialect, and so equal result keys and bytes', () => {
  it.each([
    ['resize=width:40', 'w=40'],
    ['resize=w:40,h:0', 'w=40'],
    ['resize=h:33', 'h=33'],
    ['resize=w:40,h:30', 'w=40&h=30&fit=max'],
    ['resize=w:40,h:30,fit:max', 'w=40&h=30&fit=shrink'],
    ['resize=w:40,h:30,f:scale', 'w=40&h=30&fit=stretch'],
    ['resize=w:40,h:30,f:crop,a:left', 'w=40&h=30&fit=crop&crop=left'],
    ['resize=w:40,h:30,fit:crop,align:[left,top]', 'w=40&h=30&fit=crop&crop=top-left'],
    ['resize=w:40,h:30,fit:crop', 'w=40&h=30&fit=crop&crop=center'],
    ['crop=dim:[5,6,20,10]', 'crop-x=5&crop-y=6&crop-w=20&crop-h=10'],
    ['rotate=deg:90', 'rotate=90'],
    ['rotate=d:12,b:ff0000', 'rotate=12&bg=ff0000'],
    ['flip', 'flip=true'],
    ['flop', 'flop=true'],
    ['smart_crop=w:12,h:16', 'w=12&h=16&fit=crop&crop=smart'],
    ['blur=amount:4', 'blur=4'],
    ['sharpen=a:3', 'sharpen=3'],
    ['monochrome', 'grayscale=true'],
    ['negative', 'negate=true'],
    ['modulate=b:110,s:160,h:30', 'brightness=1.1&saturation=1.6&hue=30'],
    ['watermark=file:logo,position:[bottom,right]', 'image=/logo&gravity=bottom-right'],
    ['resize=w:30/output=format:jpg,quality:70', 'w=30&f=jpg&q=70'],
    ['resize=w:30/output=f:png', 'w=30&f=png'],
    ['output=f:webp,q:55,page:2', 'f=webp&q=55&page=2'],
    ['quality=value:60', 'q=60'],
  ])('%s is ?%s', (tasks, query) => {
    const flattened = query.includes('bg=')
    const parsed = parseImageQuery([...new URLSearchParams(query)]).plan
    // What stands for a format that is not written is the dialect's own.
    const plan = { ...parsed, output: { ...parsed.output, otherwise: undefined } }
    // A background is flattened onto at the end in the other dialect, and only there.
    expect(planText(tasks)).toBe(canonical(flattened ? { ...plan, steps: plan.steps.slice(0, -1) } : plan))
  })
  it.each([
    ['pixelate=amount:7/output=f:png', { type: 'filter', filter: 'negate' }, false],
    ['negative/output=f:png', { type: 'filter', filter: 'negate' }, true],
    ['monochrome/output=f:png', { type: 'filter', filter: 'grayscale' }, true],
    ['flop/output=f:png', { type: 'flip', direction: 'horizontal' }, true],
    ['blur=a:3/output=f:png', { type: 'blur', sigma: 3 }, true],
    [
      'resize=w:30,h:20,f:crop,a:[bottom,right]/output=f:png',
      { type: 'fitmethod', fit_type: 'cropbox', width: 30, height: 20, gravity: 'southeast' },
      true,
    ],
  ])('%s as a batch', (tasks, transformation, isEqual) => {
    const batch = parseTransformations({ transformations: [transformation], destination: '/x.png' }, 'jobs[0]')
    expect(planText(tasks) === canonical(batch)).toBe(isEqual)
  })
  it('tasks run from left to right', () => {
    expect(planText('flip/blur')).not.toBe(planText('blur/flip'))
  })
})

const LOSSLESS = { quality: 100, lossless: true, onlyLossless: true, colours: 'keep' } as const

it.each([
  ['output=colorspace:input', { colours: 'keep' }],
  ['output=colorspace:rgb', {}],
  ['output=strip:false', { metadata: 'keep' }],
  ['output=format:webp,lossless:true', { format: 'webp', lossless: true }],
  ['output=lossless:false', {}],
  ['output=format:png,palette:true', { format: 'png', palette: true }],
  ['output=format:webp,anim:false', { format: 'webp', still: true }],
  ['output=page:1', { still: true }],
  ['output=anim:true', {}],
  ['output=strip:true', {}],
  ['pjpg=metadata:true', { format: 'jpeg', effort: 60, metadata: 'keep' }],
  ['compress=metadata:true', { metadata: 'keep' }],
  ['compress', {}],
  ['output=quality:auto', { quality: 100, target: 'medium' }],
  ['output=q:auto:low,max_bytes:9000', { quality: 100, target: 'low', maxBytes: 9000 }],
  ['output=max_bytes:9000', { quality: 100, maxBytes: 9000 }],
  ['output=q:input', { keepsCoding: true }],
  ['quality=value:auto:high', { quality: 100, target: 'high' }],
  ['quality=v:auto/quality=v:95', {}],
  ['output=q:auto/compress', {}],
  ['pjpg=q:auto', { format: 'jpeg', effort: 60, quality: 100, target: 'medium' }],
  ['compress=metadata:true/no_metadata', {}],
  ['output=quality:input', { keepsCoding: true }],
  ['no_metadata', { quality: 80, keepsCoding: true }],
  ['no_metadata/flip', { quality: 80, keepsCoding: true }],
  ['quality=value:50/no_metadata', { quality: 50 }],
  ['no_metadata/quality=value:50', { quality: 50 }],
  ['quality=value:input/no_metadata', { keepsCoding: true }],
  ['output=quality:lossless', LOSSLESS],
  ['quality=value:lossless', LOSSLESS],
  ['rotate=deg:90/output=quality:lossless,strip:false', { ...LOSSLESS, metadata: 'keep' }],
])('%s takes along %j', (tasks, output) => {
  expect(wishOf(tasks).output).toEqual({ format: 'source', quality: wishOf('compress').output.quality, ...output })
})

describe('what is wrong is refused by name', () => {
  it.each([
    ['shine', 'unknown_parameter', 'shine'],
    ['output=q:best', 'invalid_parameter', 'output.quality'],
    ['quality=v:auto:best', 'invalid_parameter', 'quality.value'],
    ['output=max_bytes:0', 'invalid_parameter', 'output.max_bytes'],
    ['__proto__', 'unknown_parameter', '__proto__'],
    ['constructor', 'unknown_parameter', 'constructor'],
    ['resize=w:1,x:2', 'unknown_parameter', 'resize.x'],
    ['resize=wdith:300', 'unknown_parameter', 'resize.wdith'],
    ['crop=dmi:[0,0,5,5]', 'unknown_parameter', 'crop.dmi'],
    ['rotate=degrees:90', 'unknown_parameter', 'rotate.degrees'],
    ['smart_crop=w:5,hieght:5', 'unknown_parameter', 'smart_crop.hieght'],
    ['watermark=fiel:abc', 'unknown_parameter', 'watermark.fiel'],
    ['resize=w:1,w:2', 'invalid_parameter', 'resize.w'],
    ['output=f:jpg,lossless:true', 'invalid_parameter', 'output.lossless'],
    ['resize=w:1,width:2', 'invalid_parameter', 'resize.w'],
    ['resize', 'invalid_parameter', 'resize.width'],
    ['resize=w:0,h:0', 'invalid_parameter', 'resize.width'],
    ['resize=w:10001', 'invalid_parameter', 'resize.w'],
    ['resize=w:[1]', 'invalid_parameter', 'resize.w'],
    ['resize=w:1,f:fill', 'invalid_parameter', 'resize.f'],
    ['resize=w:1,a:[top,bottom]', 'invalid_parameter', 'resize.align'],
    ['resize=w:1,a:faces', 'not_implemented', undefined],
    ['crop', 'invalid_parameter', 'crop.dim'],
    ['crop=dim:[1,2,3]', 'invalid_parameter', 'crop.dim'],
    ['crop=dim:[1,2,0,4]', 'invalid_parameter', 'crop.dim'],
    ['crop=dim:[-1,2,3,4]', 'invalid_parameter', 'crop.dim'],
    ['rotate', 'invalid_parameter', 'rotate.deg'],
    ['rotate=deg:360', 'invalid_parameter', 'rotate.deg'],
    ['rotate=deg:5,b:reddish', 'invalid_parameter', 'rotate.background'],
    ['blur=amount:21', 'invalid_parameter', 'blur.amount'],
    ['pixelate=a:1', 'invalid_parameter', 'pixelate.a'],
    ['rounded_corners=r:0', 'invalid_parameter', 'rounded_corners.r'],
    ['watermark=size:10', 'invalid_parameter', 'watermark.file'],
    ['flip=true', 'invalid_parameter', 'flip'],
    ['output=f:pdf', 'not_implemented', 'output'],
    ['output=f:zzz', 'invalid_parameter', 'output.format'],
    ['output=colorspace:cmyk', 'not_implemented', 'colorspace'],
    ['cache=no', 'invalid_parameter', 'cache.cache'],
    ['cache=expiry:31536001', 'invalid_parameter', 'cache.expiry'],
    ['cache=false/cache=false', 'invalid_parameter', 'cache'],
    ['imagesize/store', 'invalid_parameter', 'store'],
    ['security=policy:abc', 'invalid_parameter', 'security.signature'],
    ['metadata=[shoe]', 'unknown_parameter', 'metadata.shoe'],
    ['store=workflows:[a]', 'not_implemented', 'workflows'],
    ['sepia=tone:101', 'invalid_parameter', 'sepia.tone'],
    ['shadow=vector:[1,1001]', 'invalid_parameter', 'shadow.vector'],
    ['shadow=vector:4', 'invalid_parameter', 'shadow.vector'],
    ['torn_edges=spread:[0,1]', 'invalid_parameter', 'torn_edges.spread'],
    ['partial_blur', 'invalid_parameter', 'partial_blur.objects'],
    ['partial_blur=objects:[1,2,3,4]', 'invalid_parameter', 'partial_blur.objects'],
    ['partial_pixelate=objects:[[1,2,0,4]]', 'invalid_parameter', 'partial_pixelate.objects'],
    [`partial_pixelate=objects:[${'[1,2,3,4],'.repeat(20)}[1,2,3,4]]`, 'invalid_parameter', 'partial_pixelate.objects'],
    ['ascii=size:9', 'invalid_parameter', 'ascii.size'],
    ['collage=w:10,h:10', 'invalid_parameter', 'collage.files'],
    ['collage=files:[[a]],w:10,h:10', 'invalid_parameter', 'collage.files'],
    ['collage=files:[a],w:10', 'invalid_parameter', 'collage.height'],
    ['collage=files:[a],w:10,h:10', 'invalid_parameter', 'collage.width'],
    ['detect_faces', 'not_implemented', undefined],
    ['zip', 'not_implemented', undefined],
  ])('%s', (tasks, code, field) => {
    expect(() => wishOf(tasks)).toThrow(expect.objectContaining({ code, field }))
  })
  it('tasks on faces say what can be done instead', () => {
    for (const name of ['detect_faces', 'crop_faces', 'blur_faces', 'pixelate_faces']) expect(() => wishOf(name)).toThrow(/smart_crop/)
  })
})

it('only a wish without any change delivers the file itself', () => {
  const raw = ['cache=expiry:max', 'security=p:x,s:y', 'store', 'metadata'].map((tasks) => wishOf(tasks).isRaw)
  const made = ['flip', 'output=f:png', 'no_metadata', 'auto_image', 'quality=v:5', 'rotate=deg:exif'].map((tasks) => wishOf(tasks).isRaw)
  expect([new Set(raw), new Set(made)]).toEqual([new Set([true]), new Set([false])])
})
