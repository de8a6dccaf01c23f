import type { OperationName } from '../../src/image/plan.ts'

/** One operation as each dialect spells it. A dialect that has no words for it is left out. */
export interface OperationExample {
  /** Parameters of a Bytescale URL. */
  readonly bytescale?: string
  /** One entry of a batch job's `transformations`. */
  readonly batch?: object
  /** Tasks of a Filestack URL. */
  readonly filestack?: string
  /** Parameters of the plan, for what no dialect says by itself. */
  readonly params?: object
}

/** The first spelling makes the picture. Files: `/logo.png` is a picture that the generator draws. */
export const EXAMPLES = {
  ascii: { filestack: 'ascii=colored:true,background:101820,reverse:true' },
  blur: { bytescale: 'blur=4', batch: { type: 'blur', sigma: 4, radius: 0 } },
  brightness: { batch: { type: 'brightness', bright_level: 60 } },
  colorize: { batch: { type: 'colorize', red: 70, green: 20, blue: 0 } },
  composite: {
    bytescale: 'image=/logo.png&gravity=bottom-right&padding=12&layer-opacity=80',
    batch: { type: 'watermark', source: '/logo.png', gravity: 'southeast', xoffset: 12, yoffset: 12 },
  },
  contrast: { bytescale: 'contrast=40', batch: { type: 'contrast', level: 40 } },
  convolve: { batch: { type: 'filter', filter: 'emboss' } },
  cover: {
    bytescale: 'w=160&h=160&fit=crop&crop=center',
    batch: { type: 'fitmethod', fit_type: 'cropbox', width: 160, height: 160, gravity: 'center' },
  },
  crop: {
    bytescale: 'crop-x=80&crop-y=40&crop-w=160&crop-h=120',
    batch: { type: 'crop', gravity: 'northwest', xoffset: 80, yoffset: 40, width: 160, height: 120, fit: false },
  },
  enhance: { batch: { type: 'enhance' } },
  extend: { bytescale: 'extend-top=10&extend-right=10&extend-bottom=40&extend-left=10&bg=fff8e8' },
  flatten: { bytescale: 'bg=377dff' },
  flip: { bytescale: 'flop=true', batch: { type: 'flip', direction: 'horizontal' } },
  gamma: { bytescale: 'gamma=2.2' },
  grayscale: { bytescale: 'grayscale=true', batch: { type: 'filter', filter: 'grayscale' } },
  letterbox: { batch: { type: 'fitmethod', fit_type: 'letterbox', width: 240, height: 240, color: '#204060' } },
  median: { bytescale: 'median=7' },
  modulate: { bytescale: 'brightness=1.1&saturation=1.6&hue=30&lightness=5' },
  negate: { bytescale: 'negate=true', batch: { type: 'filter', filter: 'negate' } },
  normalize: { bytescale: 'normalize=true' },
  oilPaint: { filestack: 'oil_paint=amount:4' },
  partialBlur: { filestack: 'partial_blur=objects:[[90,40,120,120]],type:oval' },
  partialPixelate: { filestack: 'partial_pixelate=objects:[[90,40,120,120]],amount:12' },
  pixelate: { filestack: 'pixelate=amount:12' },
  recolour: { filestack: 'sepia=tone:80' },
  resize: { bytescale: 'w=160&h=160&fit=max', batch: { type: 'fitmethod', fit_type: 'box', width: 160, height: 160 } },
  rotate: { bytescale: 'rotate=15', batch: { type: 'rotate', degrees: 15 } },
  roundCorners: { bytescale: 'border-radius=40' },
  selectiveBlur: { batch: { type: 'filter', filter: 'blurselective' } },
  redact: {
    params: {
      areas: [{ x: { percent: 40, of: 'width' }, y: { percent: 55, of: 'height' }, width: { percent: 25, of: 'width' }, height: 30 }],
    },
  },
  sepia: { batch: { type: 'filter', filter: 'sepia' } },
  shadow: { filestack: 'shadow=blur:6,vector:[8,8]' },
  sharpen: { bytescale: 'sharpen=2' },
  smartCrop: { bytescale: 'w=120&h=160&fit=crop&crop=smart' },
  text: {
    bytescale: 'text=Emulsion&gravity=bottom&padding=14&font=Times&font-size=44&font-weight=700&color=ffffff',
    batch: { type: 'annotation', text: 'Emulsion', font: 'Times Bold', size: 44, color: '#ffffff', gravity: 'south', yoffset: 14 },
  },
  threshold: { bytescale: 'threshold=128', batch: { type: 'filter', filter: 'bw' } },
  tint: { bytescale: 'tint=377DFF' },
  tornEdges: { filestack: 'torn_edges=spread:[4,18]' },
  trim: { bytescale: 'trim=10' },
  unletterbox: { batch: { type: 'ulb' } },
  vignette: { filestack: 'vignette=amount:60,background:202020' },
  zoom: { batch: { type: 'zoom', width: 100, level: 2 } },
} as const satisfies Record<OperationName, OperationExample>
