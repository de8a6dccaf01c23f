import type { Terminal } from '../terminal/terminal.ts'
import type { Option, Words } from '../usage/options.ts'

/** One command: what it is called with, and what it does. */
export interface Command {
  /** One line. */
  readonly summary: string
  /** Behind the command's name: `FILE… [-o PATH]`. */
  readonly usage: string
  /** Paragraphs and examples of the help. */
  readonly details: string
  readonly options: readonly Option[]
  /**
   * @returns the exit code.
   * @throws UsageError (2), CommandError and all others (1).
   */
  run(words: Words, terminal: Terminal): Promise<number>
}

/** Options of every command. */
export const COMMON_OPTIONS: readonly Option[] = [
  { name: 'json', summary: 'Print JSON: one value a line, for programs.' },
  { name: 'quiet', summary: 'Print errors alone.' },
  { name: 'help', summary: 'Show this.' },
]
