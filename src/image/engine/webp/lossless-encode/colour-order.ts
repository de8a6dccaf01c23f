import type { ColourOrder } from '../../palette.ts'

/** From the darkest on, each time the colour that is nearest: a palette is written as changes from colour to colour (RFC 9649 §4.4). */
export const nearestNext: ColourOrder = (colours) => {
  const left = [...colours].sort((a, b) => a - b)
  const ordered: number[] = []
  for (let last = 0; left.length > 0;) {
    let [nearest, least] = [0, Infinity]
    left.forEach((colour, i) => {
      const change = changeOf(last, colour)
      if (change < least) [nearest, least] = [i, change]
    })
    last = left.splice(nearest, 1)[0] as number // there is one left
    ordered.push(last)
  }
  return ordered
}

/** Changes of channels go around: from 255 to 0 is one. */
function changeOf(from: number, to: number): number {
  let sum = 0
  for (let shift = 0; shift < 32; shift += 8) {
    const change = ((to >>> shift) - (from >>> shift)) & 255
    sum += Math.min(change, 256 - change)
  }
  return sum
}
