// What the quantiser's functions share: the layout of the state that the driver allocates (`quantiserBytes`). Pixels are RGBA words, red lowest. Where
// alpha counts, colours are multiplied by it: so a difference weighs what is seen of it.

/** Bits of a channel that tell cells apart, as a mask for whole pixels. */
export const MASK: usize = 0
export const CELLS: usize = 4
/** Whether a transparent pixel was seen: it gets an entry of its own, and is in no cell. */
export const HAS_TRANSPARENT: usize = 8
/** Entries of the palette. */
export const COLOURS: usize = 12
/** Boxes that cells are in. */
export const BOXES: usize = 16

export const MOST_CELLS: u32 = 32768
export const SLOT_BITS: u32 = 16
export const MOST_COLOURS: u32 = 256

/** Of a slot: the number of its cell, plus one (u32). */
export const SLOTS: usize = 32
/** Of a cell: its pixels' masked word, their count (u32), and the sums of their channels (u64; f64 when boxes are cut). */
export const CELL: usize = SLOTS + (4 << SLOT_BITS)
export const CELL_BYTES: usize = 40
export const COUNT: usize = 4
export const SUMS: usize = 8
/** Cells in the order of their boxes (u32), with room for a part while it is cut. */
export const ORDER: usize = CELL + CELL_BYTES * MOST_CELLS
export const SPARE: usize = ORDER + 4 * MOST_CELLS
/** Of a box: its first cell and the end (u32), the best cut's axis and level (u32), and what that gains (f64). */
export const BOX: usize = SPARE + 4 * MOST_CELLS
export const BOX_BYTES: usize = 24
/** The palette: RGBA words, straight. */
export const PALETTE: usize = BOX + BOX_BYTES * MOST_COLOURS
/** The same as the search compares them, in groups of four colours: four times red and green, then four times blue and alpha (i16). */
export const GROUPS: usize = PALETTE + 4 * MOST_COLOURS
export const GROUP_BYTES: usize = 32
/** The palette's colours as pixels are compared with them: four i32. */
export const TARGETS: usize = GROUPS + 8 * MOST_COLOURS
/** For each region of colours, which groups may have the nearest one (u64); 0: not known yet. */
export const REGIONS: usize = TARGETS + 16 * MOST_COLOURS
export const REGION_BITS: u32 = 14
/** Sums of the pixels that are nearest to each colour: count and channels (f64). */
export const MEANS: usize = REGIONS + (8 << REGION_BITS)
export const MEAN_BYTES: usize = 40
const STATE_BYTES: usize = MEANS + MEAN_BYTES * MOST_COLOURS

export function quantiserBytes(): usize {
  return STATE_BYTES
}
