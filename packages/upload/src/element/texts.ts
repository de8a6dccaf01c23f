/** What the element says. `{name}`, `{from}`, `{to}`, `{done}` and `{all}` stand for values. */
export const TEXTS = {
  choose: 'Choose pictures',
  hint: 'or drop or paste them here',
  send: 'Upload',
  pause: 'Pause',
  resume: 'Resume',
  retry: 'Try again',
  cancel: 'Cancel',
  remove: 'Remove from the list',
  list: 'Pictures',
  sizes: '{from} → {to}',
  waiting: 'Waiting',
  preparing: 'Making it smaller',
  ready: 'Ready',
  sending: 'Uploading',
  paused: 'Paused',
  offline: 'No connection: goes on when it is back',
  done: 'Uploaded',
  of: '{name}: {state}',
  all: '{done} of {all} uploaded',
} as const

export type Texts = Readonly<Record<keyof typeof TEXTS, string>>

export const filled = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))

const UNITS = ['B', 'KB', 'MB', 'GB']

/** 1,234,567 is `1.2 MB`. */
export function bytesText(bytes: number): string {
  let [value, unit] = [bytes, 0]
  while (value >= 999.5 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1]
  return `${value >= 99.5 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`
}
