import type { Sharp } from 'sharp'

/** Both as people see them: in sRGB, transparent parts on white. */
const shown = (picture: Sharp): Sharp => picture.clone().flatten({ background: '#fff' }).toColourspace('srgb').removeAlpha().raw()

/** Likeness of two pictures of one size, in decibels; Infinity when they are equal. */
export async function psnr(expected: Sharp, actual: Sharp): Promise<number> {
  const [theirs, ours] = await Promise.all([shown(expected).toBuffer(), shown(actual).toBuffer()])
  if (theirs.length !== ours.length) throw new Error(`Pictures of different sizes: ${theirs.length} and ${ours.length} samples.`)
  let squares = 0
  for (let i = 0; i < theirs.length; i++) squares += ((theirs[i] ?? 0) - (ours[i] ?? 0)) ** 2
  return squares === 0 ? Infinity : 10 * Math.log10((255 * 255 * theirs.length) / squares)
}
