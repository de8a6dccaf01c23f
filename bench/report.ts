import { cpus } from 'node:os'
import type { Measured, MeasuredCase } from './measure.ts'

const megabytes = (bytes: number): string => (bytes / 1024 ** 2).toFixed(1)
const ratio = (a: number, b: number | undefined): string => (b === undefined ? '–' : (a / b).toFixed(2))

/** What the figures were taken on. */
export const preamble = (rounds: number): string =>
  `${rounds} interleaved rounds in one process after one to warm up; Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}.
Times in milliseconds, CPU that of all threads (the least); memory in MiB (WASM memories and pixel buffers in a fresh process; for sharp the growth of the process); PSNR in decibels
against sharp's full decode and scaling.`

const HEADER = `| input | MP | job | engine | median | min | CPU | × sharp | × sharp's CPU | jsquash × | memory | output bytes | PSNR |
|---|---|---|---|---|---|---|---|---|---|---|---|---|`

/** A Markdown table, one row an engine. `× sharp`: its time over sharp's; `× sharp's CPU`: the same of the processor. `jsquash ×`: how many times faster than @jsquash. */
export function table(cases: readonly MeasuredCase[]): string {
  const rows = cases.flatMap(({ input, megapixels, job, engines }) =>
    Object.entries(engines).map(([name, measured]: [string, Measured]) =>
      [
        '',
        input,
        megapixels.toFixed(1),
        job,
        name,
        measured.medianMs.toFixed(1),
        measured.minMs.toFixed(1),
        measured.cpuMs.toFixed(1),
        ratio(measured.medianMs, engines.sharp?.medianMs),
        ratio(measured.cpuMs, engines.sharp?.cpuMs),
        engines.jsquash ? ratio(engines.jsquash.medianMs, measured.medianMs) : '–',
        megabytes(measured.peakBytes),
        measured.outputBytes,
        measured.psnrDb?.toFixed(2) ?? '–',
        '',
      ]
        .join(' | ')
        .trim(),
    ),
  )
  return [HEADER, ...rows].join('\n')
}
