import { type Parameter, recordArgs } from './recorded-args.ts'
import { readDelivery } from './delivery.ts'
import { readImage, readText } from './layers.ts'
import { readPicture } from './parse.ts'

/** The parameters of image URLs, in the order in which the parser reads them. */
export interface Vocabulary {
  /** What decides about pixels and their coding. */
  readonly picture: readonly Parameter[]
  /** What decides how an answer is cached and delivered. */
  readonly delivery: readonly Parameter[]
  /** `text` and what may follow it. */
  readonly text: readonly Parameter[]
  /** `image` and what may follow it. */
  readonly image: readonly Parameter[]
}

const USUAL_DENSITY = 1

/** As the parser's own readers tell it. */
export function imageVocabulary(): Vocabulary {
  const [picture, delivery, text, image] = [recordArgs(), recordArgs(), recordArgs(), recordArgs({ image: '/layer.png' })]
  readPicture(picture.args, undefined)
  readDelivery(delivery.args)
  readText(text.args, USUAL_DENSITY)
  readImage(image.args, USUAL_DENSITY)
  return {
    picture: picture.parameters,
    delivery: [...delivery.parameters, { names: ['fallback'], type: 'text' }],
    text: text.parameters,
    image: image.parameters,
  }
}
