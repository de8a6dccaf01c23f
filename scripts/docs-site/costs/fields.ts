import type { Usage } from './estimate.ts'

interface Field {
  readonly name: Exclude<keyof Usage, 'format'>
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step: number
  /** What one of the field is in the usage: 0.01 for hundredths. */
  readonly unit: number
}

/** What the form asks, in its order. The format stands beside them. */
export const FIELDS: readonly Field[] = [
  { name: 'requests', label: 'Requests a month, in millions', value: 10, min: 0, max: 1e6, step: 0.1, unit: 1e6 },
  { name: 'hitRate', label: 'Found in a cache or the bucket, in %', value: 95, min: 0, max: 100, step: 0.1, unit: 0.01 },
  { name: 'hitMs', label: 'CPU time of such a one, in ms', value: 1, min: 0, max: 100, step: 0.1, unit: 1 },
  { name: 'megapixels', label: 'Megapixels of a source', value: 12, min: 0.1, max: 100, step: 0.1, unit: 1 },
  { name: 'width', label: 'Width of a result, in pixels', value: 800, min: 1, max: 12_000, step: 1, unit: 1 },
  { name: 'storedGb', label: 'Stored, in GB', value: 50, min: 0, max: 1e6, step: 1, unit: 1 },
]

export const FORMATS = ['jpeg', 'webp', 'avif'] as const

/** @param read the number of a field of the form. */
export const readUsage = (read: (name: string) => number, format: Usage['format']): Usage => ({
  ...(Object.fromEntries(FIELDS.map(({ name, unit }) => [name, read(name) * unit])) as unknown as Omit<Usage, 'format'>), // one a field
  format,
})

export const USUAL: Usage = readUsage((name) => FIELDS.find((field) => field.name === name)?.value ?? 0, 'webp')

/** Rows of the bill, in their order. */
export const ROWS = [
  ['plan', 'Plan'],
  ['requests', 'Requests'],
  ['cpu', 'CPU time'],
  ['storage', 'R2: storage'],
  ['writes', 'R2: writes'],
  ['reads', 'R2: reads'],
  ['total', 'Together'],
] as const

export const dollars = (amount: number): string => `$${amount.toFixed(2)}`
