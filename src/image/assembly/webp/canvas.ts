// A frame of an animation over what is on its canvas (RFC 9649 §2.7.1.1). Pixels are R, G, B, A, not premultiplied.

/** Lays the row of `width` pixels at `from` over the one at `to`. */
export function webpBlendOver(from: usize, to: usize, width: u32): void {
  for (const end = to + ((<usize>width) << 2); to < end; to += 4, from += 4) {
    const source = load<u32>(from)
    const alpha = source >> 24
    if (alpha == 255) store<u32>(to, source)
    else blend(source, alpha, to)
  }
}

/**
 * "blend.A = src.A + dst.A * (1 - src.A / 255); if blend.A = 0 then blend.RGB = 0 else
 * blend.RGB = (src.RGB * src.A + dst.RGB * dst.A * (1 - src.A / 255)) / blend.A"
 */
function blend(source: u32, sourceAlpha: u32, to: usize): void {
  const below = load<u32>(to)
  const over = <f64>sourceAlpha
  const under = <f64>(below >> 24) * (1 - over / 255)
  const alpha = over + under
  let pixel: u32 = 0
  if (alpha > 0) {
    pixel = <u32>nearest(alpha) << 24
    for (let shift: u32 = 0; shift < 24; shift += 8) {
      const channel = <f64>((source >> shift) & 255) * over + <f64>((below >> shift) & 255) * under
      pixel |= <u32>nearest(channel / alpha) << shift
    }
  }
  store<u32>(to, pixel)
}
