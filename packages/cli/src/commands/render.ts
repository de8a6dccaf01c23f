import { availableParallelism } from 'node:os'
import { stat } from 'node:fs/promises'
import { relative } from 'node:path'
import { startCrew } from '../engine/crew.ts'
import { findInputs, type Input } from '../render/inputs.ts'
import { formatOfDestination, readDestination } from '../render/outputs.ts'
import { type Outcome, renderAll } from '../render/render-all.ts'
import { PICTURE_OPTIONS, planOf } from '../render/wish.ts'
import { bytes, createProgress, printable } from '../terminal/progress.ts'
import { EXIT, UsageError } from '../usage/errors.ts'
import { isOn, lastOf, numberOf } from '../usage/options.ts'
import type { Command } from './command.ts'

const MOST_THREADS = 256
const LEAST_MEMORY_MB = 16
const MOST_MEMORY_MB = 4000

export const render: Command = {
  summary: 'Render local files here, with the engine of the service: no server is needed.',
  usage: 'FILE|FOLDER|PATTERN… [-w WIDTH] [-h HEIGHT] [-f FORMAT] [-o PATH] [--PARAMETER VALUE]…',
  details: `The parameters are those of image URLs, and the bytes are those of the service: docs/dialects.md.
-w, -h, -f, -q and -c are also called --width, --height, --format, --quality and --effort.
--text and --image begin a layer; what follows belongs to it.

A folder is rendered with all pictures below it, on all cores. A file that fails stops no other; then the exit code is 1.
Without -o a result lies beside its source, under its name and the extension of its format. No source is ever overwritten.

  emulsion render photo.jpg -w 800 -f webp
  emulsion render photo.jpg -w 800 -o small.webp
  emulsion render photos/ -w 1600 -q auto -o web/
  emulsion render 'photos/**/*.jpg' -w 400 -o '{dir}/{name}-400.{ext}'
  emulsion render photo.jpg -w 800 --text '© Us' --gravity bottom-right -o -`,
  options: [
    {
      name: 'output',
      short: 'o',
      value: 'a path',
      summary: 'A file, a folder (with "/" at its end), a template of {dir}, {name} and {ext}, or - for standard output.',
    },
    { name: 'force', summary: 'Replace what is there.' },
    { name: 'jobs', short: 'j', value: 'a number', summary: 'Files at a time; all cores when absent.' },
    { name: 'memory', value: 'megabytes', summary: 'Memory that one picture may take: 80, as in a renderer, when absent.' },
    ...PICTURE_OPTIONS,
  ],

  async run(words, terminal) {
    if (words.operands.length === 0) throw new UsageError('Expected files, folders or patterns, received nothing.')
    const jobs = numberOf(words, 'jobs', 1, MOST_THREADS) ?? availableParallelism()
    const memory = numberOf(words, 'memory', LEAST_MEMORY_MB, MOST_MEMORY_MB)
    const inputs = await findInputs(words.operands)
    const destination = await readDestination(lastOf(words, 'output'), inputs.length > 1 || (await isFolder(words.operands)))
    const plan = planOf(words, formatOfDestination(destination))
    const threads = Math.min(jobs, inputs.length)
    const progress = createProgress(terminal, inputs.length)
    const crew = await startCrew(threads, memory === undefined ? undefined : memory * 1_000_000)
    const isJson = isOn(words, 'json') && destination.kind !== 'stdout'
    const isQuiet = isOn(words, 'quiet') || destination.kind === 'stdout'
    const began = terminal.now()
    const counts = { done: 0, failed: 0 }
    const tell = async (outcome: Outcome): Promise<void> => {
      const isFailed = 'error' in outcome
      counts[isFailed ? 'failed' : 'done']++
      if (isJson) terminal.print(JSON.stringify(await jsonOf(outcome)))
      else if (isFailed) terminal.say(`${shown(outcome.input)}: ${outcome.error.message}`)
      else if (outcome.output === null) await terminal.write(outcome.body)
      else if (inputs.length === 1 && !isQuiet) terminal.print(`${printable(relative('', outcome.output))} ${bytes(outcome.body.length)}`)
      if (!isFailed) for (const warning of outcome.warnings) terminal.say(`${shown(outcome.input)}: ${warning}`)
      if (inputs.length > 1 && !isQuiet) progress.show(counts.done + counts.failed, relative('', outcome.input.path))
    }
    try {
      const interruption = new Promise<void>((end) => terminal.interrupted.addEventListener('abort', () => end()))
      const { interrupted } = terminal
      await Promise.race([
        renderAll({ inputs, plan, destination, mayReplace: isOn(words, 'force'), crew, threads, interrupted, tell }),
        interruption,
      ])
    } finally {
      progress.end()
      await crew.stop()
      if (inputs.length > 1 && !isQuiet && !isJson) terminal.say(summary(counts, inputs.length, terminal.now() - began))
    }
    if (terminal.interrupted.aborted) return EXIT.interrupted
    return counts.failed > 0 ? EXIT.failed : EXIT.done
  },
}

const shown = ({ path }: Input): string => printable(relative('', path))

async function isFolder([first = '', ...more]: readonly string[]): Promise<boolean> {
  return more.length === 0 && (await stat(first).catch(() => null))?.isDirectory() === true
}

async function jsonOf(outcome: Outcome): Promise<object> {
  const source = outcome.input.path
  if ('error' in outcome) return { source, error: outcome.error }
  const { output, mime, body, warnings } = outcome
  const { size } = await stat(source).catch(() => ({ size: null }))
  return { source, sourceBytes: size, output, mime, bytes: body.length, warnings }
}

function summary({ done, failed }: { readonly done: number; readonly failed: number }, all: number, milliseconds: number): string {
  const seconds = milliseconds / 1000
  const left = all - done - failed
  return [
    `${done} of ${all} rendered in ${seconds.toFixed(1)} s (${(done / Math.max(seconds, 0.001)).toFixed(1)}/s)`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(left > 0 ? [`${left} not tried`] : []),
  ].join(', ')
}
