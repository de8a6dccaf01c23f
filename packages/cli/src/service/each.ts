import type { Terminal } from '../terminal/terminal.ts'
import { printable } from '../terminal/progress.ts'
import { EXIT } from '../usage/errors.ts'

export interface EachOptions {
  readonly terminal: Terminal
  readonly isJson: boolean
  readonly isQuiet: boolean
}

/**
 * Does one thing after the other; what fails stops no other. A line is printed of each: its `text`, or its JSON.
 * @returns the exit code.
 */
export async function each<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  { terminal, isJson, isQuiet }: EachOptions,
  work: (item: T) => Promise<{ readonly text?: string; readonly json: object }>,
): Promise<number> {
  let failed = 0
  for (const item of items) {
    if (terminal.interrupted.aborted) return EXIT.interrupted
    try {
      const { text, json } = await work(item)
      if (isJson) terminal.print(JSON.stringify(json))
      else if (text !== undefined && !isQuiet) terminal.print(printable(text))
    } catch (thrown) {
      failed++
      const message = thrown instanceof Error ? thrown.message : String(thrown)
      if (isJson) terminal.print(JSON.stringify({ name: nameOf(item), error: { message, ...codeOf(thrown) } }))
      else terminal.say(printable(`${nameOf(item)}: ${message}`))
    }
  }
  if (terminal.interrupted.aborted) return EXIT.interrupted
  return failed > 0 ? EXIT.failed : EXIT.done
}

const codeOf = (thrown: unknown): object => (typeof thrown === 'object' && thrown !== null && 'code' in thrown ? { code: thrown.code } : {})
