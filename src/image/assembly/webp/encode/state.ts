// What the encoder of VP8 keeps between its functions: the picture's record that the driver fills, and the macroblock that is worked on.

/**
 * The record, i32 each. Planes: the first sample of the current row of macroblocks, padded to whole macroblocks; chroma is half as wide.
 * The encoder puts what a decoder will have before its loop filter in their place.
 */
export const LUMA: usize = 0
export const LUMA_STRIDE: usize = 4
export const CB: usize = 8
export const CR: usize = 12
export const CHROMA_STRIDE: usize = 16
/** Macroblocks across. */
export const ACROSS: usize = 20
/** The last line of the row above: 16 u8 a macroblock and 16 more. */
export const ABOVE_LUMA: usize = 24
/** 8 u8 of Cb and 8 of Cr a macroblock. */
export const ABOVE_CHROMA: usize = 28
/** Which blocks of the row above have coefficients: 16 u8 a macroblock: 4 of luma, 2 of Cb, 2 of Cr, 1 of luma's DCs. */
export const ABOVE_FILLED: usize = 32
/** Modes of the subblocks above: 4 u8 a macroblock. */
export const ABOVE_MODES: usize = 36
/** The same two for who writes what was encoded, which may be rows behind. */
export const WRITTEN_FILLED: usize = 40
export const WRITTEN_MODES: usize = 44
/** How many modes of a whole macroblock, of a subblock and of chroma are tried in full. */
export const TRIES_16: usize = 48
export const TRIES_4: usize = 52
export const TRIES_CHROMA: usize = 56
/** Set by `vp8EncodeRow`: the ends of what it has written. */
export const TOKENS_END: usize = 60
export const MODES_END: usize = 64
/** Macroblocks so far that have no coefficient. */
export const SKIPPED: usize = 68
/** What modes have cost so far, in 1/256 bit; and what those of a macroblock may in the mean: where it was more, there are no subblocks. */
export const MODE_COST: usize = 72
export const MODE_COST_LIMIT: usize = 76
/** 1: the levels of the chosen modes are those that cost least. */
export const TRELLIS: usize = 108
/** Activity from which on a macroblock belongs to the next segment, 3 i32. */
export const SEGMENT_LIMITS: usize = 80
/** Macroblocks of each segment so far, 4 i32. */
export const SEGMENT_COUNTS: usize = 92

export const encoder: usize = memory.data(128, 16)

/** Where the driver finds the record. */
export function vp8Encoder(): usize {
  return encoder
}

/** The macroblock: 16 × 16 of luma, then 8 rows of 8 Cb and 8 Cr; 16 bytes a row. */
export const source: usize = memory.data(384, 16)
export const SOURCE_CHROMA: usize = 256

/** What it becomes: luma with a margin above (and four samples of the macroblock above to the right), and to the left. */
export const RESTORED_STRIDE: usize = 48
export const restoredWithMargin: usize = memory.data(17 * 48, 16)
export const RESTORED: usize = 48 + 16
export const restoredChroma: usize = memory.data(128, 16)

/** Samples around it: above 16 of luma, 8 of Cb and 8 of Cr; left of each; and the corner of each. */
export const above: usize = memory.data(32, 16)
export const left: usize = memory.data(32, 16)
export const corner: usize = memory.data(16, 16)
/** As `ABOVE_FILLED` and `ABOVE_MODES`, to the left. */
export const leftFilled: usize = memory.data(16, 16)
export const leftModes: usize = memory.data(16, 16)

/** Levels of the chosen blocks in zigzag order, 16 i16 each: the DCs of luma, 16 of luma, 4 of Cb, 4 of Cr; and the last place of each, i8. */
export const levels: usize = memory.data(25 * 32, 16)
export const lasts: usize = memory.data(32, 16)

/** The decision: 0–3 DC, V, H, TM; 4: by subblocks, whose modes follow. */
export const LUMA_MODE: usize = 0
export const CHROMA_MODE: usize = 1
export const SEGMENT: usize = 2
export const SUBBLOCK_MODES: usize = 16
export const decision: usize = memory.data(32, 16)
