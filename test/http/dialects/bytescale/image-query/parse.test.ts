import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../../src/errors.ts'
import { parseImageQuery } from '../../../../../src/http/dialects/bytescale/image-query/parse.ts'
import { canonical, project } from '../../../../../src/image/plan.ts'

const parse = (query: string, accept?: string) => parseImageQuery([...new URLSearchParams(query)], accept)
const stepsOf = (query: string) => parse(query).plan.steps
const opsOf = (query: string): string =>
  stepsOf(query)
    .map(({ op }) => op)
    .join(' ')
const shapeOf = (query: string, width: number, height: number): string => {
  const shape = project(parse(query).plan, { width, height }, { maxSteps: 50, maxPixels: 1e8, maxSide: 10_000 }).at(-1)
  return `${shape?.width}×${shape?.height}`
}

describe('the README’s URL (docs/protocols/bytescale.md §3.1)', () => {
  const url =
    'w=900&h=600&fit=crop&f=webp&q=80&blur=4&text=WATERMARK&layer-opacity=80&blend=overlay&layer-rotate=315&font-size=100&padding=10' +
    '&font-weight=900&color=ffffff&repeat=true&text=Chicago&gravity=bottom&padding-x=50&padding-bottom=20&font=/example/fonts/Lobster.ttf&color=ffe400'
  it('is one crop, one blur and two texts, each with its own parameters', () => {
    const { plan } = parse(url)
    expect(plan.output).toEqual({ format: 'webp', quality: 80 })
    expect(plan.steps).toMatchObject([
      { op: 'cover', params: { width: 900, height: 600, position: 'center' } },
      { op: 'blur', params: { sigma: 4, radius: 0 } },
      {
        op: 'text',
        params: {
          text: 'WATERMARK',
          opacity: 0.8,
          blend: 'overlay',
          rotate: 315,
          size: 100,
          weight: 900,
          colour: 'ffffffff',
          repeat: true,
          gapX: 10,
          gapY: 10,
        },
      },
      {
        op: 'text',
        params: {
          text: 'Chicago',
          position: 'bottom',
          x: 0,
          y: 20,
          font: { path: '/example/fonts/Lobster.ttf' },
          colour: 'ffe400ff',
          repeat: false,
        },
      },
    ])
  })
  it('has another plan when its layers change places', () => {
    const [first, second] = ['text=A&color=f00', 'text=B&color=00f']
    expect(canonical(parse(`${first}&${second}`).plan)).not.toBe(canonical(parse(`${second}&${first}`).plan))
  })
})

describe('order', () => {
  it('of global parameters is ours', () => {
    const all =
      'normalize=true&tint=f00&threshold=5&negate=true&median=3&gamma=2&w=10&border-radius=4&contrast=5&sharpen=1&blur=1&hue=5&bg=fff&extend-top=1&flip=true&rotate=90&trim=5&crop-x=1&grayscale=true&text=x'
    const expected =
      'crop trim rotate flip resize extend median blur sharpen normalize gamma modulate contrast grayscale tint negate threshold text roundCorners flatten'
    expect(opsOf(all)).toBe(expected)
    expect(opsOf(all.split('&').toReversed().join('&'))).toBe(expected)
  })
  it('of layers is the URL’s, and a global name inside a layer stays global', () => {
    const steps = stepsOf('text=one&w=300&image=/logo.png&layer-w=20&f=png&text=two&q=5')
    expect(steps.map(({ op }) => op)).toEqual(['resize', 'text', 'composite', 'text'])
    expect(parse('text=one&w=300&f=png&q=5').plan.output).toEqual({ format: 'png', quality: 5 })
  })
})

describe('fit (§3.2), of 200×100', () => {
  it.each([
    ['w=100', '100×50'],
    ['h=100', '200×100'],
    ['w=50&h=50', '50×25'],
    ['w=50&h=50&fit=max', '50×25'],
    ['w=400&h=400&fit=max', '400×200'],
    ['w=50&h=50&fit=min', '100×50'],
    ['w=50&h=50&fit=stretch', '50×50'],
    ['w=50&h=80&fit=width', '50×25'],
    ['w=50&h=50&fit=height', '100×50'],
    ['w=50&h=50&fit=crop', '50×50'],
    ['w=50&h=50&crop=left', '50×50'],
    ['w=50&h=50&fit=enlarge', '200×100'],
    ['w=400&h=400&fit=enlarge', '400×200'],
    ['w=400&h=400&fit=enlarge-cover', '800×400'],
    ['w=50&h=50&fit=enlarge-cover', '200×100'],
    ['w=400&h=400&fit=shrink', '200×100'],
    ['w=50&h=50&fit=shrink', '50×25'],
    ['w=50&h=50&fit=shrink-cover', '100×50'],
    ['w=400&fit=shrink-cover', '200×100'],
    ['w=50&h=40&fit=crop&crop=smart', '50×40'],
    ['w=50&h=40&crop=smart-entropy', '50×40'],
    ['w=50&dpr=2', '100×50'],
    ['crop-x=150&crop-y=20', '50×80'],
    ['crop-w=30', '30×100'],
    ['crop-x=190&crop-w=30&crop-h=1000', '10×100'],
    ['extend-bottom=120&extend-left=7', '207×220'],
    ['rotate=90', '100×200'],
  ])('%s → %s', (query, expected) => {
    expect(shapeOf(query, 200, 100)).toBe(expected)
  })
})

describe('values', () => {
  it.each([
    ['blur=4', 'blur', { sigma: 4 }],
    ['sharpen=true', 'sharpen', { sigma: 1 }],
    ['sharpen=2.5', 'sharpen', { sigma: 2.5 }],
    ['brightness=1.5', 'modulate', { brightness: 1.5, saturation: 1, hue: 0, lightness: 0 }],
    ['saturation=0&hue=-90', 'modulate', { saturation: 0, hue: -90 }],
    ['contrast=-20', 'contrast', { level: -20 }],
    ['gamma=true', 'gamma', { exponent: 2.2 }],
    ['tint=377DFF', 'tint', { colour: '377dffff' }],
    ['normalise=true', 'normalize', {}],
    ['invert=true', 'negate', {}],
    ['threshold=200', 'threshold', { level: 200 }],
    ['trim=true', 'trim', { threshold: 10 }],
    ['median=5', 'median', { size: 5 }],
    ['flop=true', 'flip', { axis: 'horizontal' }],
    ['rotate=-30&bg=fff', 'rotate', { degrees: -30, background: 'ffffffff' }],
    ['bg=f80', 'flatten', { background: 'ff8800ff' }],
    ['border-radius=12', 'roundCorners', { radius: 12 }],
    [
      'image=logo.png&layer-w=30&padding=5&gravity=bottom-right',
      'composite',
      { path: '/logo.png', width: 30, x: 5, y: 5, position: 'bottom-right' },
    ],
    ['image=/a.png&padding=5&padding-x=6&padding-left=7&gravity=left', 'composite', { x: 7, y: 0 }],
    ['image=/a.png&padding-left=10&gravity=top', 'composite', { x: 5, y: 0 }],
    ['text=Hi&dpr=2&font-size=10&padding=3&gravity=top-left', 'text', { size: 20, x: 6, y: 6 }],
    ['text=Hi&font=Times', 'text', { font: 'serif', weight: 400 }],
    ['text=Hi&font=Courier Bold', 'text', { font: 'mono', weight: 700 }],
    ['text=Hi&blend=normal', 'text', { blend: 'over' }],
    ['text=Zeile%0AZwei+und', 'text', { text: 'Zeile\nZwei und' }],
  ])('%s', (query, op, params) => {
    expect(stepsOf(query)[0]).toMatchObject({ op, params })
  })
  it.each([
    'grayscale=false',
    'flip=false',
    'trim=false',
    'text=',
    'extend-top=0',
    'cm=srgb',
    'lossless=false',
    'palette=false',
    'meta-user=5',
    'input=auto',
    'anim=true',
    'border-radius=0',
  ])('%s asks for nothing', (query) => {
    expect(parse(query).plan).toEqual(parse('').plan)
  })
  it.each([
    ['cm=keep', { colours: 'keep' }],
    ['metadata=copyright', { metadata: 'copyright', keepsCoding: true }],
    ['metadata=none', { keepsCoding: true }],
    ['metadata=keep&cm=keep', { metadata: 'keep', colours: 'keep', keepsCoding: true }],
    ['metadata=copyright&c=70', { metadata: 'copyright', effort: 70 }],
    ['q=lossless', { quality: 100, lossless: true, onlyLossless: true, colours: 'keep' }],
    ['q=lossless&metadata=keep', { quality: 100, lossless: true, onlyLossless: true, colours: 'keep', metadata: 'keep' }],
    ['f=webp&lossless=true', { format: 'webp', lossless: true }],
    ['f=png&palette=true', { format: 'png', palette: true }],
    ['anim=false', { still: true }],
    ['page=1', { still: true }],
    ['page=0', { still: true }],
    ['page=2', {}],
    ['f=png&lossless=true', { format: 'png', lossless: true }],
    ['lossless=true', { lossless: true }],
    ['f=jpg&lossless=false', { format: 'jpeg' }],
    ['metadata=keep&cm=keep&q=50', { metadata: 'keep', colours: 'keep', quality: 50 }],
    ['q=auto', { quality: 100, target: 'medium' }],
    ['q=auto:high', { quality: 100, target: 'high' }],
    ['q=auto:low&max-bytes=5000', { quality: 100, target: 'low', maxBytes: 5000 }],
    ['max-bytes=5000', { quality: 100, maxBytes: 5000 }],
    ['q=60&max-bytes=5000', { quality: 60, maxBytes: 5000 }],
  ])('%s', (query, output) => {
    const usual = parse('').plan.output
    // Only what the source shall decide has something in its place.
    const otherwise = 'format' in output ? undefined : usual.otherwise
    expect(parse(query).plan.output).toEqual({ ...usual, otherwise, ...output })
  })
  it('pages count from 1, and 0 is the first too', () => {
    expect([0, 1, 2].map((page) => parse(`page=${page}`).plan.page)).toEqual([undefined, undefined, 2])
  })
})

describe('refused, with the name of the parameter', () => {
  it.each([
    ['font-size=10', 'font-size'],
    ['cm=p3', 'cm'],
    ['metadata=all', 'metadata'],
    ['lossless=1', 'lossless'],
    ['palette=256', 'palette'],
    ['anim=no', 'anim'],
    ['q=best', 'q'],
    ['q=auto:best', 'q'],
    ['q=auto:', 'q'],
    ['q=AUTO', 'q'],
    ['q=constructor', 'q'],
    ['q=0', 'q'],
    ['q=101', 'q'],
    ['q=1.5', 'q'],
    ['max-bytes=0', 'max-bytes'],
    ['max-bytes=5k', 'max-bytes'],
    ['max-bytes=-1', 'max-bytes'],
    ['f=jpg&lossless=true', 'lossless'],
    ['f=jpeg&f2=webp&lossless=true', 'lossless'],
    ['color=fff', 'color'],
    ['gravity=top&text=x', 'gravity'],
    ['text=x&gravity=north', 'gravity'],
    ['text=x&gravity=top&gravity=top', 'gravity'],
    ['text=x&layer-opacity=101', 'layer-opacity'],
    ['text=x&blend=glow', 'blend'],
    ['text=x&font=/../a.ttf', 'font'],
    ['text=x&font-weight=bold', 'font-weight'],
    ['text=x&repeat=yes', 'repeat'],
    ['text=x&padding=-1', 'padding'],
    [`text=${'x'.repeat(1001)}`, 'text'],
    ['image=', 'image'],
    ['image=/logo.png&color=fff', 'color'],
    ['w=5&w=6', 'w'],
    ['w=0', 'w'],
    ['width=5', 'width'],
    ['blur=-1', 'blur'],
    ['blur=1e3', 'blur'],
    ['tint=red', 'tint'],
    ['dpr=0', 'dpr'],
    ['median=4', 'median'],
    ['crop=left&fit=max&w=5&h=5', 'crop'],
    ['fit=width&h=5', 'w'],
    ['f2=jpeg', 'f2'],
    ['f=auto&f2=jpeg', 'f2'],
    ['f=bmp', 'f'],
    ['f=tiff', 'f'],
    ['f=webp&f2=bmp', 'f2'],
    ['border-radius=round', 'border-radius'],
    ['input=video', 'input'],
  ])('%s', (query, field) => {
    let thrown: unknown
    try {
      parse(query)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(AppError)
    expect((thrown as AppError).field).toBe(field)
  })
})

describe('f2 answers clients that cannot show f', () => {
  const chrome = 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8'
  it.each([
    ['f=webp&f2=jpeg', chrome, 'webp', true],
    ['f=webp&f2=jpeg', 'image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5', 'jpeg', true],
    ['f=webp&f2=png', 'image/webp;q=0, image/*', 'png', true],
    ['f=webp&f2=jpg', undefined, 'webp', true],
    ['f=webp&f2=jpg', '*/*', 'webp', true],
    ['f=png&f2=jpg', 'text/html', 'png', false],
    ['f=webp', 'text/html', 'webp', false],
    ['f=avif&f2=webp', 'image/webp', 'webp', true],
    ['f=auto', chrome, 'auto-avif', true],
    ['f=auto', 'image/webp', 'auto-webp', true],
    ['f=auto', undefined, 'auto', true],
  ])('%s with %s', (query, accept, format, varies) => {
    const { plan, variesByAccept } = parse(query, accept)
    expect([plan.output.format, variesByAccept]).toEqual([format, varies])
  })
})
