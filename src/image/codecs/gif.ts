import { gifAnimation } from '../engine/gif/animation.ts'
import { isGif } from '../engine/gif/blocks.ts'
import { probeGif } from '../engine/gif/header.ts'
import { gifShownFrames, gifShownFramesBytes } from '../engine/gif/frames.ts'
import { gifRows, gifRowsBytes } from '../engine/gif/rows.ts'
import { defineReader } from './define.ts'
import { throughRows } from './through-rows.ts'

export const gif = defineReader({
  mime: 'image/gif',
  extension: 'gif',
  sniff: isGif,
  probe: probeGif,
  about: (file, { frames, first }) => ({
    bitDepth: Math.log2(first.table?.colours ?? 256),
    colours: 'rgb',
    animation: () => (frames > 1 ? { frames, ...gifAnimation(file) } : null),
  }),
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
})
