/** Takes alpha out of the colours of RGBA, in place. */
export function straighten(pixels: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = pixels[at + 3] as number // four bytes a pixel
    if (alpha === 255 || alpha === 0) continue
    for (let i = at; i < at + 3; i++) pixels[i] = Math.min(255, Math.round(((pixels[i] as number) * 255) / alpha))
  }
  return pixels
}
