import { blockGrid, type WrittenComponent } from './jpeg-writer.ts'

/** A repeatable stream of numbers in [0, 1). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/**
 * Components with random blocks: DC up to ±`dc`, and a few AC coefficients up to ±`ac`, smaller with frequency. With the defaults and
 * quantisers of 1 no sample reaches 0 or 255, so that no clamping hides or makes differences.
 */
export function randomComponents(
  width: number,
  height: number,
  sampling: readonly { readonly h: number; readonly v: number; readonly id?: number }[],
  random: () => number,
  { dc = 300, ac = 60 } = {},
): WrittenComponent[] {
  const signed = (max: number) => Math.round((random() * 2 - 1) * max)
  return sampling.map((component, index) => {
    const { across, down } = blockGrid({ width, height, components: sampling }, index)
    const blocks = Array.from({ length: across * down }, () => {
      const block = new Int16Array(64)
      block[0] = signed(dc)
      // A third of the blocks has no AC at all; the others have up to 12 coefficients, now and then the last.
      const count = random() < 0.33 ? 0 : Math.floor(random() * 12)
      for (let i = 0; i < count; i++) {
        const k = random() < 0.05 ? 63 : 1 + Math.floor(random() ** 2 * 63)
        block[k] = signed(ac / (1 + k / 8))
      }
      return block
    })
    return { ...component, blocks }
  })
}
