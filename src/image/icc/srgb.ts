// sRGB (IEC 61966-2-1) as a goal of conversions.

/** Linear light 0 to 1 to a level 0 to 1. */
export const encodeSrgb = (linear: number): number => (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055)

/** A level 0 to 1 to linear light 0 to 1. */
export const decodeSrgb = (level: number): number => (level <= 0.04045 ? level / 12.92 : ((level + 0.055) / 1.055) ** 2.4)

/** Steps of the root of linear light: fine in the shadows, where levels lie close together. */
export const ROOT_STEPS = 4096

let table: Uint8Array | null = null

/** The level, 0 to 255, of the light whose root is n / 4096, for n from 0 to 4096. */
export const levelsByRoot = (): Uint8Array =>
  (table ??= Uint8Array.from({ length: ROOT_STEPS + 1 }, (_, n) => Math.round(255 * encodeSrgb((n / ROOT_STEPS) ** 2))))

export const levelOf = (linear: number): number => levelsByRoot()[Math.round(Math.sqrt(Math.min(1, Math.max(0, linear))) * ROOT_STEPS)] ?? 0
