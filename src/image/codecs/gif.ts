import * as z from 'zod'
import { gifAnimation } from '../engine/gif/animation.ts'
import { isGif } from '../engine/gif/blocks.ts'
import { createGifAnimation, gifAnimationBytes } from '../engine/gif/animation-encoder.ts'
import { encodeGif, gifEncodeBytes } from '../engine/gif/encoder.ts'
import { probeGif } from '../engine/gif/header.ts'
import { gifShownFrames, gifShownFramesBytes } from '../engine/gif/frames.ts'
import { gifRows, gifRowsBytes } from '../engine/gif/rows.ts'
import { bareGif } from '../metadata/bare/gif.ts'
import { embedInGif, xmpOfGif } from '../metadata/gif.ts'
import { keepSmall, keptBytes } from './kept.ts'
import { defineCodec } from './define.ts'
import { throughRows } from './through-rows.ts'

export const gif = defineCodec({
  mime: 'image/gif',
  extension: 'gif',
  can: { decode: true, encode: true, alpha: true },
  // Neither quality nor effort changes a GIF, so that all wishes are equal plans.
  options: z.object({}),
  sniff: isGif,
  probe: probeGif,
  about: (file, { frames, first }) => ({
    bitDepth: Math.log2(first.table?.colours ?? 256),
    colours: 'rgb',
    animation: () => (frames > 1 ? { frames, ...gifAnimation(file) } : null),
  }),
  xmp: xmpOfGif,
  embed: embedInGif,
  embedsNoProfile: true,
  bare: bareGif,
  frames: {
    open: (file, probe, _keepsColours, { core, warnings, pace }) => ({
      conversion: null,
      all: gifShownFrames(core, file, probe, warnings, pace),
    }),
    bytes: gifShownFramesBytes,
  },
  ...throughRows<ReturnType<typeof probeGif>>({
    open: (file, probe, page, { core, warnings }) => gifRows(core, file, probe, page, warnings),
    openBytes: gifRowsBytes,
  }),
  async encode(picture, _options, context) {
    return encodeGif(context.core, await keepSmall(context, picture), context.drain)
  },
  animate: {
    open: (shape, _options, { core, drain }) => createGifAnimation(core, shape, drain),
    bytes: gifAnimationBytes,
  },
  encodeBytes: (shape) => gifEncodeBytes(shape) + keptBytes(shape),
})
