/** Radius of a body of revolution as a share of its greatest, for 513 cosines of the angle from its axis, -1 to 1. */
export type Profile = Float64Array

/** Fruit and berries. `axis` points from the middle to the stalk. */
export type Fruit = {
  readonly x: number
  readonly y: number
  readonly z: number
  readonly radius: number
  readonly axis: readonly [number, number, number]
  readonly profile: Profile
  readonly kind: 'orange' | 'lemon' | 'apple' | 'berry'
  readonly seed: number
}
