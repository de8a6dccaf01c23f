import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { TASKS } from '../../../../../../src/http/dialects/filestack/processing/tasks.ts'
import { planOf } from '../../../../../../src/http/dialects/filestack/processing/wish.ts'
import { canonical } from '../../../../../../src/image/plan.ts'
import { SHARPENING } from '../../../../../../src/image/definitions/sharpen.ts'
import { sharpen } from '../../../../../image/definitions/sharpen.ts'
import { apart, paint, photo, pixelAt, pixelsOf, rawOf, render, serve, translucent, wishOf } from './render.ts'

/** Laws of the tasks whose exact pixels are this service's own choice, and of those that say how a result is written. */

const mean = ({ data }: { readonly data: Uint8ClampedArray }): number =>
  data.reduce((sum, value, i) => sum + (i % 4 === 3 ? 0 : value), 0) / ((data.length * 3) / 4)
const flat = (width: number, height: number, colour: readonly number[]) => paint(width, height, () => colour)

describe('rotate', () => {
  it.each([12, 30, 200, 359])(
    'by %i degrees is sharp’s in size and, inside, in its pixels; the corners are background',
    async (degrees) => {
      const wide = paint(120, 90, (x, y) => [
        128 + 90 * Math.sin(x / 9),
        128 + 90 * Math.cos(y / 11),
        128 + 60 * Math.sin((x + y) / 13),
        255,
      ])
      const ours = await render(`rotate=deg:${degrees},background:ff0000`, wide)
      const theirs = await pixelsOf(rawOf(wide).rotate(degrees, { background: '#ff0000' }))
      for (const [x, y] of [
        [0, 0],
        [ours.width - 1, ours.height - 1],
      ] as const)
        expect(pixelAt(ours, x, y)).toEqual([255, 0, 0, 255])
      expect(Math.abs(ours.width - theirs.width) + Math.abs(ours.height - theirs.height)).toBeLessThanOrEqual(2)
      // The middle, where no edge is near.
      const [dx, dy] = [(theirs.width - ours.width) / 2, (theirs.height - ours.height) / 2]
      for (let v = -15; v <= 15; v += 5)
        for (let u = -15; u <= 15; u += 5) {
          const [x, y] = [Math.floor(ours.width / 2) + u, Math.floor(ours.height / 2) + v]
          const [own, other] = [pixelAt(ours, x, y), pixelAt(theirs, Math.round(x + dx), Math.round(y + dy))]
          expect(Math.max(...own.map((value, i) => Math.abs(value - (other[i] ?? 0)))), `${u}, ${v}`).toBeLessThan(16)
        }
    },
  )
  it('has white corners without a background', async () => {
    expect(pixelAt(await render('rotate=deg:45', flat(40, 40, [9, 9, 9, 255])), 0, 0)).toEqual([255, 255, 255, 255])
    expect(pixelAt(await render('rotate=d:45,b:transparent', flat(40, 40, [9, 9, 9, 255])), 0, 0)[3]).toBe(0)
  })
})

describe('sharpen', () => {
  it.each([1, 2, 5])('%i is unsharp masking of that sigma', async (sigma) => {
    const { data } = sharpen(photo, { sigma, ...SHARPENING })
    expect(apart(await render(`sharpen=amount:${sigma}`), { ...photo, data }).mean).toBeLessThan(1)
  })
})

describe('vignette', () => {
  it('leaves the middle alone, is the background at the corners, and grows with its amount', async () => {
    const gray = flat(81, 61, [100, 100, 100, 255])
    let before = 100
    for (const amount of [0, 20, 60, 100]) {
      const result = await render(`vignette=amount:${amount},background:000000`, gray)
      expect(pixelAt(result, 40, 30)).toEqual([100, 100, 100, 255])
      expect(pixelAt(result, 0, 0)[0]).toBe(amount === 0 ? 100 : 0)
      expect(mean(result)).toBeLessThanOrEqual(before)
      before = mean(result)
    }
    expect(pixelAt(await render('vignette', gray), 0, 0)).toEqual([255, 255, 255, 255])
  })
  it('is the same seen from each side, and its two courses differ', async () => {
    const gray = flat(60, 40, [100, 100, 100, 255])
    const result = await render('vignette=a:70,b:000000,m:linear', gray)
    expect(await render('vignette=a:70,b:000000,m:linear/flip/flop', gray)).toEqual(result)
    expect(await render('vignette=a:70,b:000000,m:gaussian', gray)).not.toEqual(result)
  })
})

describe('torn edges', () => {
  it('keep every pixel that they do not take, and take none deeper than they may', async () => {
    const result = await render('torn_edges=spread:[2,6]')
    expect([result.width, result.height]).toEqual([90, 60])
    let taken = 0
    for (let y = 0; y < 60; y++)
      for (let x = 0; x < 90; x++) {
        const pixel = pixelAt(result, x, y)
        if (pixel[3] === 255) expect(pixel).toEqual(pixelAt(photo, x, y))
        else taken++
        if (x >= 7 && x < 83 && y >= 7 && y < 53) expect(pixel[3]).toBe(255)
        if (x < 1 || y < 1 || x >= 89 || y >= 59) expect(pixel[3]).toBe(0)
      }
    expect(taken).toBeGreaterThan(2 * (90 + 60) * 2)
    expect(await render('torn_edges=s:[2,6]')).toEqual(result)
    expect(pixelAt(await render('torn_edges=s:[2,6],b:00ff00'), 0, 0)).toEqual([0, 255, 0, 255])
  })
})

describe('smart crop', () => {
  it('is a window of the filled box, and keeps what stands out', async () => {
    const scene = paint(120, 60, (x, y) => (Math.hypot(x - 100, y - 30) < 12 ? [250, 20 + ((x * y) % 60), 20, 255] : [90, 95, 100, 255]))
    const result = await render('smart_crop=width:60,height:60', scene)
    const left = Array.from({ length: 61 }, (_, x) => x).find((from) => apart(result, cutOf(scene, from)).worst === 0)
    expect(left).toBeGreaterThanOrEqual(52)
    expect(await render('smart_crop=w:60,h:60,m:auto', scene)).toEqual(result)
  })
  const cutOf = (scene: typeof photo, from: number) => paint(60, 60, (x, y) => pixelAt(scene, x + from, y))
})

describe('enhance', () => {
  const dim = paint(64, 48, (x, y) => [70 + x, 60 + y, 80 + ((x + y) % 40), 255])
  it.each([
    ['enhance', 'enhance=preset:auto'],
    ['enhance=p:vivid', 'enhance/modulate=s:130'],
    ['enhance=p:outdoor', undefined],
  ])('%s stretches the tones to black and white', async (task, same) => {
    const levels = (picture: typeof photo): number[] =>
      picture.data
        .filter((_, i) => i % 4 === 1)
        .reduce<number[]>(([low = 255, high = 0], value) => [Math.min(low, value), Math.max(high, value)], [])
    const [[low = 0, high = 0], [before = 0, after = 0]] = [levels(await render(task, dim)), levels(dim)]
    expect(high - low).toBeGreaterThan(1.4 * (after - before))
    if (same !== undefined) expect(await render(same, dim)).toEqual(await render(task, dim))
  })
  it.each(['fix_noise', 'beautify', 'beautify_plus'])('%s takes noise away and leaves an even picture as even', async (preset) => {
    const noisy = paint(40, 40, (x, y) => [120, 120, 120 + ((x * 7 + y * 13) % 5), 255])
    const spread = ({ data }: typeof photo): number => {
      const blues = data.filter((_, i) => i % 4 === 2)
      const middle = blues.reduce((sum, value) => sum + value, 0) / blues.length
      return blues.reduce((sum, value) => sum + (value - middle) ** 2, 0) / blues.length
    }
    expect(spread(await render(`enhance=p:${preset}`, noisy))).toBeLessThan(0.7 * spread(noisy))
    expect(spread(await render(`enhance=p:${preset}`, flat(20, 20, [100, 110, 120, 255])))).toBe(0)
  })
  it('fix_tint takes colour away, fireworks adds it', async () => {
    const chroma = ({ data }: typeof photo): number => {
      let sum = 0
      for (let at = 0; at < data.length; at += 4) {
        const pixel = [...data.subarray(at, at + 3)]
        sum += Math.max(...pixel) - Math.min(...pixel)
      }
      return sum
    }
    expect(chroma(await render('enhance=p:fireworks', dim))).toBeGreaterThan(1.1 * chroma(dim))
    expect(chroma(await render('enhance=p:fix_tint', dim))).toBeLessThan(chroma(await render('enhance', dim)))
  })
})

describe('ascii', () => {
  it('is the picture in letters, with all its words', async () => {
    const result = await render('ascii')
    expect([result.width, result.height]).toEqual([90, 60])
    expect(new Set([...result.data].filter((_, i) => i % 4 === 3))).toEqual(new Set([255]))
    expect(await render('ascii=size:50')).toMatchObject({ width: 45, height: 30 })
    const colours = await render('ascii=c:true,b:000000,r:true,s:100', flat(32, 32, [200, 40, 40, 255]))
    const strongest =
      Array.from({ length: 1024 }, (_, i) => pixelAt(colours, i % 32, i >> 5)).toSorted((a, b) => (b[0] ?? 0) - (a[0] ?? 0))[0] ?? []
    expect([(strongest[0] ?? 0) > 150, (strongest[1] ?? 255) < 45]).toEqual([true, true])
    const inked = await render('ascii=f:00ff00,b:000000', flat(32, 32, [0, 0, 0, 255]))
    expect([mean(inked) > 10, Math.max(...inked.data.filter((_, i) => i % 4 === 0))]).toEqual([true, 0])
  })
})

describe('collage', () => {
  it.each([
    ['collage=files:[photo],width:200,height:80', [255, 255, 255, 255]],
    ['collage=f:[photo,logo,photo],w:120,h:120,m:4,c:203040,i:crop', [32, 48, 64, 255]],
  ])('%s has its size, and its colour between the pictures', async (task, colour) => {
    const result = await render(task)
    const [, width, height] = /w(?:idth)?:(\d+),h(?:eight)?:(\d+)/.exec(task) ?? []
    expect([result.width, result.height]).toEqual([Number(width), Number(height)])
    for (const [x, y] of [
      [0, 0],
      [result.width - 1, result.height - 1],
      [Math.floor(result.width / 2), 1],
    ] as const)
      expect(pixelAt(result, x, y)).toEqual(colour)
  })
  it('shows each picture in its cell', async () => {
    // Two cells of 86 by 60: the picture fills them but for two columns on each side.
    const result = await render('collage=f:[photo],w:202,h:80,i:crop')
    const cell = paint(86, 60, (x, y) => pixelAt(photo, x + 2, y))
    const at = (left: number) => paint(86, 60, (x, y) => pixelAt(result, x + left, y + 10))
    expect([at(10), at(106)]).toEqual([cell, cell])
  })
})

describe('how the result is written', () => {
  const about = async (tasks: string, source = photo) => sharp(await serve(tasks, source)).metadata()
  it.each([
    ['output=format:jpg', 'jpeg'],
    ['output=f:jpeg', 'jpeg'],
    ['output=f:png', 'png'],
    ['output=f:webp', 'webp'],
    ['flip', 'png'],
  ])('%s gives %s', async (tasks, format) => {
    expect(await about(tasks)).toMatchObject({ format, width: 90, height: 60 })
  })
  it('pjpg and output=f:pjpg are progressive, jpg is not', async () => {
    expect([
      (await about('pjpg')).isProgressive,
      (await about('output=f:pjpg')).isProgressive,
      (await about('output=f:jpg')).isProgressive,
    ]).toEqual([true, true, false])
  })
  it('a lower quality takes fewer bytes, in each spelling', async () => {
    const bytes = async (tasks: string): Promise<number> => (await serve(tasks)).length
    expect(await bytes('output=f:jpg,quality:30')).toBeLessThan(await bytes('output=f:jpg,q:90'))
    expect(await bytes('output=f:webp,q:30')).toBeLessThan(await bytes('output=f:webp,q:90'))
    expect(await serve('output=f:jpg/quality=value:30')).toEqual(await serve('output=f:jpg,q:30'))
    expect(await bytes('pjpg=quality:30')).toBeLessThan(await bytes('pjpg=q:90'))
    expect(await serve('output=f:jpg,q:input')).toEqual(await serve('output=f:jpg'))
  })
  it('a format without transparency puts the picture onto white', async () => {
    const file = await pixelsOf(sharp(await serve('output=f:jpg,q:100', flat(24, 24, [255, 0, 0, 0]))))
    expect(
      pixelAt(file, 12, 12)
        .slice(0, 3)
        .every((value) => value > 250),
    ).toBe(true)
    expect((await about('output=f:webp', translucent)).hasAlpha).toBe(true)
  })
})

describe('words', () => {
  const planText = (tasks: string): string => {
    const { cache, answer, security, fallback, ...wish } = wishOf(tasks)
    return JSON.stringify([
      canonical(planOf(wishOf(tasks), (handle) => `/${handle}`, undefined)),
      cache,
      answer,
      security,
      fallback,
      wish.negotiates,
    ])
  }
  /** The table of the protocol: each task with its arguments at their defaults, long and short. A task that is missing here fails below. */
  const DEFAULTS: Readonly<Record<string, readonly string[]>> = {
    resize: [
      'resize=width:9',
      'resize=w:9,fit:clip',
      'resize=w:9,f:clip,align:center',
      'resize=w:9,a:[middle,center]',
      'resize=width:9,height:0',
    ],
    crop: ['crop=dim:[1,2,3,4]', 'crop=d:[1,2,3,4]'],
    rotate: [
      'rotate=deg:7',
      'rotate=d:7',
      'rotate=deg:7,background:FFFFFFFF',
      'rotate=d:7,b:white',
      'rotate=d:7,e:false',
      'rotate=d:7,exif:true',
    ],
    flip: ['flip'],
    flop: ['flop'],
    watermark: ['watermark=file:x', 'watermark=f:x,size:100', 'watermark=f:x,s:100,position:[middle,center]', 'watermark=f:x,p:center'],
    blur: ['blur', 'blur=amount:2', 'blur=a:2'],
    sharpen: ['sharpen', 'sharpen=amount:2', 'sharpen=a:2'],
    sepia: ['sepia', 'sepia=tone:80', 'sepia=t:80'],
    blackwhite: ['blackwhite', 'blackwhite=threshold:50', 'blackwhite=t:50'],
    monochrome: ['monochrome'],
    negative: ['negative'],
    enhance: ['enhance', 'enhance=preset:auto', 'enhance=p:auto'],
    modulate: ['modulate', 'modulate=brightness:100,hue:0,saturation:100', 'modulate=b:100,h:0,s:100'],
    pixelate: ['pixelate', 'pixelate=amount:2', 'pixelate=a:2'],
    oil_paint: ['oil_paint', 'oil_paint=amount:2', 'oil_paint=a:2'],
    rounded_corners: ['rounded_corners', 'rounded_corners=radius:10', 'rounded_corners=r:10,blur:0.3', 'rounded_corners=l:0.3'],
    circle: ['circle', 'circle=background:transparent', 'circle=b:00000000'],
    border: ['border', 'border=width:2,color:black,background:white', 'border=w:2,c:000000,b:FFFFFFFF'],
    vignette: ['vignette', 'vignette=amount:20,blurmode:gaussian', 'vignette=a:20,m:gaussian', 'vignette=b:ffffff'],
    shadow: [
      'shadow',
      'shadow=blur:4,opacity:60,vector:[4,4]',
      'shadow=l:4,o:60,v:[4,4]',
      'shadow=color:black',
      'shadow=background:transparent',
      'shadow=b:00000000',
    ],
    polaroid: [
      'polaroid',
      'polaroid=color:snow,rotate:45',
      'polaroid=c:FFFAFA,r:45',
      'polaroid=background:transparent',
      'polaroid=b:00000000',
    ],
    torn_edges: [
      'torn_edges',
      'torn_edges=spread:[1,10]',
      'torn_edges=s:[1,10]',
      'torn_edges=background:transparent',
      'torn_edges=b:00000000',
    ],
    partial_blur: [
      'partial_blur=objects:[[1,2,3,4]]',
      'partial_blur=o:[[1,2,3,4]],amount:10,blur:4,type:rect',
      'partial_blur=o:[[1,2,3,4]],a:10,l:4,t:rect',
    ],
    partial_pixelate: [
      'partial_pixelate=objects:[[1,2,3,4]]',
      'partial_pixelate=o:[[1,2,3,4]],amount:10,blur:4,type:rect',
      'partial_pixelate=o:[[1,2,3,4]],a:10,l:4,t:rect',
    ],
    smart_crop: ['smart_crop=width:9,height:8', 'smart_crop=w:9,h:8,mode:auto'],
    upscale: ['upscale', 'upscale=upscale:true', 'upscale=noise:none,style:artwork'],
    ascii: [
      'ascii',
      'ascii=background:white,foreground:black,colored:false,size:100,reverse:false',
      'ascii=b:FFFFFFFF,f:000000FF,c:false,s:100,r:false',
    ],
    collage: [
      'collage=files:[x],width:90,height:80',
      'collage=f:[x],w:90,h:80,margin:10,color:white,fit:auto',
      'collage=f:[x],w:90,h:80,m:10,c:white,i:auto,autorotate:true',
      'collage=f:[x],w:90,h:80,a:false',
    ],
    output: [
      'output=format:jpg',
      'output=f:jpg,quality:95',
      'output=f:jpg,q:95,strip:true,colorspace:rgb,compress:false,density:72,page:1,secure:false',
      'output=f:jpg,s:true,c:true,d:72,p:1',
    ],
    quality: ['quality', 'quality=value:95', 'quality=v:95'],
    pjpg: ['pjpg', 'pjpg=quality:95,metadata:false', 'pjpg=q:95,m:false'],
    compress: ['compress', 'compress=metadata:false', 'compress=m:false'],
    no_metadata: ['no_metadata'],
    auto_image: ['auto_image'],
    imagesize: ['imagesize'],
    metadata: ['metadata=[size,width]', 'metadata=size,width', 'metadata=size:true,width:true'],
    store: [
      'store=filename:a,location:s3,path:p,container:c,access:private',
      'store=f:a,l:s3,p:p,c:c,a:private,r:us-east-1',
      'store=f:a,l:s3,p:p,c:c,base64decode:false',
    ],
    cache: ['cache=expiry:31536000', 'cache=expiry:max', 'cache=e:max'],
    security: ['security=policy:x,signature:y', 'security=p:x,s:y'],
    fallback: ['fallback=handle:x,cache:5', 'fallback=h:x,c:5', 'fallback=file:x,c:5'],
    deadline: ['deadline=ms:150'],
  }
  const UNSUPPORTED =
    'zip urlscreenshot video_convert pdfinfo pdfconvert minify_css minify_js animate tags sfw video_playlist ocr caption copyright doc_detection text_sentiment image_sentiment doc_to_images audio_convert crop_faces detect_faces blur_faces pixelate_faces redeye'.split(
      ' ',
    )

  it.each(Object.entries(DEFAULTS))('of %s: aliases and defaults say the same', (_, spellings) => {
    expect(new Set(spellings.map(planText)).size, spellings.map(planText).join('\n')).toBe(1)
  })
  it('every task has a row here, and what is not offered says so', () => {
    expect([...Object.keys(DEFAULTS), ...UNSUPPORTED].toSorted()).toEqual(Object.keys(TASKS).toSorted())
    for (const name of UNSUPPORTED) expect(() => wishOf(name)).toThrow(expect.objectContaining({ code: 'not_implemented' }))
  })
})
