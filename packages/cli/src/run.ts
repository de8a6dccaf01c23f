import { COMMON_OPTIONS, type Command } from './commands/command.ts'
import { COMMANDS } from './commands/table.ts'
import { printable } from './terminal/progress.ts'
import type { Terminal } from './terminal/terminal.ts'
import { EXIT, quoted, UsageError } from './usage/errors.ts'
import { help, helpOf } from './usage/help.ts'
import { editDistance, isOn, readWords } from './usage/options.ts'
import { VERSION } from './version.ts'

/** Runs one command line, without the program's own name. @returns the exit code. */
export async function run([name = '', ...argv]: readonly string[], terminal: Terminal): Promise<number> {
  if (['', 'help', '--help'].includes(name)) {
    terminal.print(help(COMMANDS))
    return name === '' ? EXIT.usage : EXIT.done
  }
  if (name === '--version') {
    terminal.print(VERSION)
    return EXIT.done
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) {
    const nearest = Object.keys(COMMANDS).find((each) => editDistance(each, name) <= 2)
    terminal.say(
      `emulsion: Expected a command, received ${quoted(name)}.${nearest ? ` Did you mean ${nearest}?` : ' emulsion --help lists them.'}`,
    )
    return EXIT.usage
  }
  return runCommand(name, command, argv, terminal)
}

async function runCommand(name: string, command: Command, argv: readonly string[], terminal: Terminal): Promise<number> {
  const options = [...command.options, ...COMMON_OPTIONS]
  try {
    const words = readWords(argv, options)
    if (isOn(words, 'help')) {
      terminal.print(helpOf(name, { ...command, options }))
      return EXIT.done
    }
    return await command.run(words, terminal)
  } catch (thrown) {
    if (terminal.interrupted.aborted) return EXIT.interrupted
    const isUsage = thrown instanceof UsageError
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    terminal.say(`emulsion ${name}: ${printable(message)}${isUsage ? `\nemulsion ${name} --help shows how.` : ''}`)
    return isUsage ? EXIT.usage : EXIT.failed
  }
}
