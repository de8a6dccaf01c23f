import * as z from 'zod'

/** `rrggbbaa`, lower case: the one internal spelling of a colour. sRGB, straight alpha. */
export const colour = z.string().regex(/^[0-9a-f]{8}$/)

/** Reads `rgb`, `rrggbb` or `rrggbbaa` with or without `#`; `null` for anything else. */
export function parseHexColour(text: string): string | null {
  const digits = /^#?([0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})$/i.exec(text)?.[1]?.toLowerCase()
  if (digits === undefined) return null
  if (digits.length === 3) return digits.replaceAll(/./g, '$&$&') + 'ff'
  return digits.length === 6 ? `${digits}ff` : digits
}

/** The four channels, 0–255. */
export function channels(rrggbbaa: string): readonly [red: number, green: number, blue: number, alpha: number] {
  const value = Number.parseInt(rrggbbaa, 16)
  return [(value / 0x1000000) & 255, (value >> 16) & 255, (value >> 8) & 255, value & 255]
}
