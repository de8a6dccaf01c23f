import { completionScript, SHELLS, type Completable } from '../completion/shells.ts'
import { EXIT, quoted, UsageError } from '../usage/errors.ts'
import { COMMON_OPTIONS, type Command } from './command.ts'

/** @param commands all others. */
export const completionOf = (commands: Readonly<Record<string, Command>>): Command => ({
  summary: 'Print a script by which a shell completes command lines.',
  usage: SHELLS.join('|'),
  details: `  source <(emulsion completion bash)
  source <(emulsion completion zsh)
  emulsion completion fish | source`,
  options: [],

  async run({ operands }, terminal) {
    const shell = SHELLS.find((each) => each === operands[0])
    if (!shell)
      throw new UsageError(`Expected ${SHELLS.join(', ')}, received ${operands[0] === undefined ? 'nothing' : quoted(operands[0])}.`)
    const all: Record<string, Completable> = {}
    for (const [name, { summary, options }] of Object.entries(commands)) all[name] = { summary, options: [...options, ...COMMON_OPTIONS] }
    terminal.print(completionScript(shell, all))
    return EXIT.done
  },
})
