// Colours that nobody sees: what lies under alpha 0 must not tint its neighbours' chroma, nor cost bits.

/** Squares whose hidden samples become alike. */
const SIDE = 8

/**
 * For chroma: in each square of two by two pixels whose alpha is not the same everywhere, all take the mean of the four colours, weighed by alpha. Two rows
 * of RGBA, whose width is even.
 */
export function webpWeighPair(first: usize, second: usize, width: i32): void {
  for (const end = first + (<usize>width << 2); first < end; first += 8, second += 8) {
    const alphas = (load<u32>(first) >> 24) + (load<u32>(first, 4) >> 24) + (load<u32>(second) >> 24) + (load<u32>(second, 4) >> 24)
    if (alphas == 4 * 255 || alphas == 0) continue
    let colour: u32 = 0
    for (let channel: usize = 0; channel < 3; channel++) {
      const sum = weighed(first + channel, first + 3) + weighed(second + channel, second + 3)
      colour |= ((sum + (alphas >> 1)) / alphas) << (<u32>channel << 3)
    }
    store<u32>(first, colour)
    store<u32>(first, colour, 4)
    store<u32>(second, colour)
    store<u32>(second, colour, 4)
  }
}

/** Two neighbours' samples times their alphas. */
@inline
function weighed(sample: usize, alpha: usize): u32 {
  return <u32>load<u8>(sample) * load<u8>(alpha) + <u32>load<u8>(sample, 4) * load<u8>(alpha, 4)
}

/** Alphas of a row of RGBA, as bytes. */
export function webpTakeAlpha(rgba: usize, alpha: usize, width: i32): void {
  for (let x: usize = 0; x < <usize>width; x++) store<u8>(alpha + x, load<u8>(rgba + (x << 2), 3))
}

/** The higher of two rows' alphas by pairs: what is seen of a sample of chroma. The rows' width is even. */
export function webpHalveAlpha(first: usize, second: usize, alpha: usize, samples: i32): void {
  for (let x: usize = 0; x < <usize>samples; x++) {
    const at = x << 1
    const highest = max(max(load<u8>(first + at), load<u8>(first + at, 1)), max(load<u8>(second + at), load<u8>(second + at, 1)))
    store<u8>(alpha + x, highest)
  }
}

/** What a square has of samples that are seen, and of the others. */
let seen: u32 = 0
let seenSum: u32 = 0
let hiddenSum: u32 = 0

function sumSquare(plane: usize, stride: usize, alpha: usize, alphaStride: usize, width: i32, rows: i32): void {
  seen = 0
  seenSum = 0
  hiddenSum = 0
  for (let y = 0; y < rows; y++, plane += stride, alpha += alphaStride) {
    for (let x: usize = 0; x < <usize>width; x++) {
      const sample = <u32>load<u8>(plane + x)
      if (load<u8>(alpha + x) == 0) hiddenSum += sample
      else {
        seenSum += sample
        seen++
      }
    }
  }
}

/** No level is known. */
const NONE: u32 = 256

/**
 * In each square of eight samples a side, those of alpha 0 take the mean of the others. Where there are none, they take that of the nearest square to the left,
 * or to the right, or above where some are, or else their own. A plane and its alphas have rows of the same length. `memory`: a u32 for the level, 256 before
 * the first rows.
 */
export function webpSmoothHidden(
  plane: usize,
  stride: usize,
  alpha: usize,
  alphaStride: usize,
  width: i32,
  rows: i32,
  memory: usize,
): void {
  for (let top = 0; top < rows; top += SIDE) {
    const height = min(SIDE, rows - top)
    const samples = plane + <usize>top * stride
    const alphas = alpha + <usize>top * alphaStride
    let level = load<u32>(memory)
    for (let left = 0; left < width; left += SIDE) {
      sumSquare(samples + <usize>left, stride, alphas + <usize>left, alphaStride, min(SIDE, width - left), height)
      if (seen == 0) continue
      level = (seenSum + (seen >> 1)) / seen
      break
    }
    for (let left = 0; left < width; left += SIDE) {
      const right = min(SIDE, width - left)
      const square = samples + <usize>left
      const mask = alphas + <usize>left
      sumSquare(square, stride, mask, alphaStride, right, height)
      const count = <u32>(height * right)
      if (seen > 0) level = (seenSum + (seen >> 1)) / seen
      else if (level == NONE) level = (hiddenSum + (count >> 1)) / count
      if (seen < count) putHidden(square, stride, mask, alphaStride, right, height, level)
    }
    store<u32>(memory, level)
  }
}

function putHidden(plane: usize, stride: usize, alpha: usize, alphaStride: usize, width: i32, rows: i32, level: u32): void {
  for (let y = 0; y < rows; y++, plane += stride, alpha += alphaStride) {
    for (let x: usize = 0; x < <usize>width; x++) if (load<u8>(alpha + x) == 0) store<u8>(plane + x, level)
  }
}
