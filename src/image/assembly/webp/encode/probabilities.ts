// Probabilities of tokens: RFC 6386 §13.4, §13.5, fitted to what has been counted.
import { COEFFICIENT_PROBABILITIES, UPDATE_PROBABILITIES } from '../tables'
import { bitCost } from './bit-costs'

const COUNT: usize = 1056

/** The probabilities of the moment, u8: those that costs are made of, and in the end the file's. */
export const probabilities: usize = memory.data(1056, 16)
/** How often each was 0 and 1: 2 u32. */
export const counts: usize = memory.data(1056 * 8, 16)

/** Weight of the default while little has been counted. */
const DEFAULT_WEIGHT: u32 = 12

/** Whether tokens have been written with them: then they stand. */
let isFixed: bool = false

/** Forgets all that was counted. */
export function resetProbabilities(): void {
  isFixed = false
  memory.fill(counts, 0, COUNT * 8)
  memory.copy(probabilities, COEFFICIENT_PROBABILITIES, COUNT)
}

/** Probabilities as they seem after what has been counted so far. */
export function estimateProbabilities(): void {
  if (isFixed) return
  for (let i: usize = 0; i < COUNT; i++) {
    const zeros = load<u32>(counts + (i << 3))
    const total = zeros + load<u32>(counts + (i << 3), 4) + DEFAULT_WEIGHT
    const scaled = ((<u64>zeros) << 8) + <u64>DEFAULT_WEIGHT * <u64>load<u8>(COEFFICIENT_PROBABILITIES + i)
    store<u8>(probabilities + i, max(1, min(255, <i32>((scaled + <u64>(total >> 1)) / total))))
  }
}

/** The probabilities that the file will have: new ones where they save more than they cost. */
export function vp8FixProbabilities(): void {
  isFixed = true
  for (let i: usize = 0; i < COUNT; i++) {
    const zeros = <u64>load<u32>(counts + (i << 3))
    const ones = <u64>load<u32>(counts + (i << 3), 4)
    const old = <i32>load<u8>(COEFFICIENT_PROBABILITIES + i)
    const total = zeros + ones
    const fresh = total == 0 ? old : max(1, min(255, <i32>(((zeros << 8) + (total >> 1)) / total)))
    const update = <i32>load<u8>(UPDATE_PROBABILITIES + i)
    const kept = zeros * <u64>bitCost(0, old) + ones * <u64>bitCost(1, old) + <u64>bitCost(0, update)
    const replaced = zeros * <u64>bitCost(0, fresh) + ones * <u64>bitCost(1, fresh) + <u64>bitCost(1, update) + 8 * 256
    store<u8>(probabilities + i, replaced < kept ? fresh : old)
  }
}
