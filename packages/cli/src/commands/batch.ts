import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import type { BatchProcess, BatchRequest } from '../../../client/src/index.ts'
import { BATCH_OPTIONS, connect } from '../service/connect.ts'
import { createProgress } from '../terminal/progress.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { EXIT, UsageError } from '../usage/errors.ts'
import { isOn, lastOf, type Words } from '../usage/options.ts'
import type { Command } from './command.ts'

export const batch: Command = {
  summary: 'Start a batch, and follow it to its end.',
  usage: 'REQUEST.json|- [--no-wait]',
  details: `The request is {"source": "/a.jpg", "jobs": [{"destination": "/out/a.webp", "transformations": […]}]} (docs/batch.md).
It is recorded once, however often it has to be sent. --no-wait prints the process's id and ends: emulsion watch follows it.`,
  options: [
    { name: 'wait', summary: 'Follow it to its end (default); --no-wait does not.' },
    { name: 'idempotency-key', value: 'a text', summary: 'The same request under the same key is one process.' },
    ...BATCH_OPTIONS,
  ],

  async run(words, terminal) {
    const [file, ...more] = words.operands
    if (file === undefined || more.length > 0) throw new UsageError(`Expected one file with a request, received ${words.operands.length}.`)
    const client = connect(words, terminal, 'secret')
    const started = await client.batch(await readRequest(file), lastOf(words, 'idempotency-key'))
    if (lastOf(words, 'wait') === 'false') {
      terminal.print(isOn(words, 'json') ? JSON.stringify({ id: started.id }) : started.id)
      return EXIT.done
    }
    return follow(started, words, terminal)
  },
}

export const watch: Command = {
  summary: 'Follow a batch to its end, from its first event on.',
  usage: 'PROCESS',
  details: 'The exit code is 0 when it has FINISHED, and 1 when it has FAILED.',
  options: BATCH_OPTIONS,

  async run(words, terminal) {
    const [id, ...more] = words.operands
    if (id === undefined || more.length > 0) throw new UsageError(`Expected the id of one process, received ${words.operands.length}.`)
    return follow(connect(words, terminal, 'secret').openBatch(id), words, terminal)
  },
}

async function readRequest(file: string): Promise<BatchRequest> {
  const json = await (file === '-' ? text(process.stdin) : readFile(file, 'utf8'))
  try {
    return JSON.parse(json) as BatchRequest // the service checks it
  } catch (thrown) {
    throw new UsageError(`Expected JSON in ${file}, received ${thrown instanceof Error ? thrown.message : String(thrown)}`)
  }
}

/** Ctrl-C ends the following, and leaves the process at work. */
async function follow(started: BatchProcess, words: Words, terminal: Terminal): Promise<number> {
  const isJson = isOn(words, 'json')
  for await (const event of started.events({ signal: terminal.interrupted })) {
    const { finished = 0, jobs = 0, type, job, status = '' } = event
    if (isJson) terminal.print(JSON.stringify({ process: started.id, ...event }))
    else if (terminal.isInteractive && type === 'job') createProgress(terminal, jobs).show(finished, `job ${job} ${status}`)
    else if (!isOn(words, 'quiet')) terminal.print(`${event.at} ${type}${job === undefined ? '' : ` ${job}`} ${status}`)
  }
  terminal.status('')
  const status = await started.status()
  if (!isJson) terminal.print(`${started.id} ${status}`)
  return status === 'FINISHED' ? EXIT.done : EXIT.failed
}
