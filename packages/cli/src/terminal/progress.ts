import type { Terminal } from './terminal.ts'

/** Tells how far a piece of work is: a bar on a terminal, nothing elsewhere. */
export interface Progress {
  /** So much is done, of `total`; `label` is what was last. */
  show(done: number, label: string): void
  end(): void
}

const BAR = 24
/** Faster is not seen. */
const EVERY_MS = 60

/** @param total what is all of it. @param format how amounts are written. */
export function createProgress(
  { status, now, columns, isInteractive }: Terminal,
  total: number,
  format: (amount: number) => string = String,
): Progress {
  const began = now()
  let shownAt = -Infinity
  return {
    show(done, label) {
      if (!isInteractive || (now() - shownAt < EVERY_MS && done < total)) return
      shownAt = now()
      const share = total === 0 ? 1 : Math.min(1, done / total)
      const bar = '█'.repeat(Math.round(share * BAR)).padEnd(BAR, '░')
      const seconds = (now() - began) / 1000
      const rate = done / Math.max(seconds, 0.001)
      const left = rate > 0 ? ` ${duration((total - done) / rate)} left` : ''
      const line = `${bar} ${format(done)}/${format(total)} ${format(Math.round(rate))}/s${left} ${printable(label)}`
      status(line.slice(0, columns - 1))
    },
    end: () => status(''),
  }
}

const duration = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`

// eslint-disable-next-line no-control-regex -- names of files may hold what steers a terminal
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** A name that steers no terminal. */
export const printable = (text: string): string => text.replace(CONTROL, '�')

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/** `1.2 MB`; decimal units. */
export function bytes(count: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(count, 1)) / 3))
  const amount = count / 1000 ** power
  return `${power === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${UNITS[power]}`
}
