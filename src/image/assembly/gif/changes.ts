// What an animation's frame changes.

/** Writes the pixels of a row to `to`; those that are equal at `before` become transparent black. Up to 12 bytes behind are touched. */
export function gifChangedPixels(now: usize, before: usize, to: usize, pixels: u32): void {
  for (let at: usize = 0, end = (<usize>pixels) << 2; at < end; at += 16) {
    const own = v128.load(now + at)
    v128.store(to + at, v128.andnot(own, i32x4.eq(own, v128.load(before + at))))
  }
}
