const UNITS = ['bytes', 'KB', 'MB', 'GB'] as const

/** A size as people read it: `412 KB`. */
export function bytesText(bytes: number): string {
  if (bytes === 1) return '1 byte'
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const amount = bytes / 1000 ** power
  return `${amount.toLocaleString('en', { maximumFractionDigits: power === 0 || amount >= 100 ? 0 : 1 })} ${UNITS[power]}`
}

export const millisecondsText = (milliseconds: number): string =>
  milliseconds < 10
    ? `${milliseconds.toFixed(1)} ms`
    : milliseconds < 1000
      ? `${Math.round(milliseconds)} ms`
      : `${(milliseconds / 1000).toFixed(2)} s`

/** How much smaller or larger: `−92 %`. */
export function changeText(before: number, after: number): string {
  const percent = Math.round((after / before - 1) * 100)
  return percent === 0 ? '±0 %' : `${percent < 0 ? '−' : '+'}${Math.abs(percent)} %`
}
