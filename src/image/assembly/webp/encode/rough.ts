// Which modes are worth a try: those whose differences have the least sums of absolute Hadamard coefficients.
import { forwardPair, hadamardSums } from './transform'

@inline
function difference(at: usize, prediction: usize): v128 {
  return i16x8.sub(v128.load8x8_u(at), v128.load8x8_u(prediction))
}

/** The sum of a prediction of samples, both with 16 bytes a row; `bytes` of them. */
export function roughSum(samples: usize, prediction: usize, bytes: usize): i32 {
  let sum: i32 = 0
  for (let y: usize = 0; y < bytes; y += 64) {
    for (let x: usize = 0; x < 16; x += 8) {
      const s = samples + y + x
      const p = prediction + y + x
      const both = hadamardSums(difference(s, p), difference(s + 16, p + 16), difference(s + 32, p + 32), difference(s + 48, p + 48))
      sum += <i32>both + <i32>(both >> 32)
    }
  }
  return sum
}

/** Coefficients of the difference of 8 × 4 samples from their prediction, both with 16 bytes a row: two blocks. */
export function forwardDifference(s: usize, p: usize, target: usize): void {
  forwardPair(difference(s, p), difference(s + 16, p + 16), difference(s + 32, p + 32), difference(s + 48, p + 48), target)
}

/** The mode of the least of `modes` sums (i32), which is not the least any more. */
export function takeCheapest(sums: usize, modes: usize): usize {
  let mode: usize = 0
  for (let m: usize = 1; m < modes; m++) if (load<i32>(sums + (m << 2)) < load<i32>(sums + (mode << 2))) mode = m
  store<i32>(sums + (mode << 2), i32.MAX_VALUE)
  return mode
}
