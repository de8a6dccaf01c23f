import type { Option } from '../usage/options.ts'

/** What can be completed. */
export interface Completable {
  readonly summary: string
  readonly options: readonly Option[]
}

type Commands = Readonly<Record<string, Completable>>

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

const longNames = ({ name, aliases = [] }: Option): readonly string[] =>
  [name, ...aliases].map((each) => (each.length === 1 ? `-${each}` : `--${each}`))

/** A script that completes commands, options and the words that an option takes, and files elsewhere. */
export function completionScript(shell: Shell, commands: Commands): string {
  return shell === 'fish'
    ? fish(commands)
    : shell === 'zsh'
      ? `autoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`
      : bash(commands)
}

function bash(commands: Commands): string {
  const cases = Object.entries(commands).map(([name, { options }]) => `    ${name}) options="${options.flatMap(longNames).join(' ')}" ;;`)
  const words = new Map(
    Object.values(commands).flatMap(({ options }) =>
      options.flatMap((option) => (option.words ? longNames(option).map((each) => [each, option.words?.join(' ')] as const) : [])),
    ),
  )
  return [
    '_emulsion() {',
    '  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} options=',
    '  COMPREPLY=()',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W "${Object.keys(commands).join(' ')}" -- "$current"))`,
    '    return',
    '  fi',
    '  case $previous in',
    ...[...words].map(([name, list]) => `    ${name}) COMPREPLY=($(compgen -W "${list}" -- "$current")); return ;;`),
    '  esac',
    '  case ${COMP_WORDS[1]} in',
    ...cases,
    '  esac',
    '  case $current in',
    '    -*) COMPREPLY=($(compgen -W "$options" -- "$current")) ;;',
    '  esac',
    '}',
    'complete -o default -F _emulsion emulsion',
  ].join('\n')
}

function fish(commands: Commands): string {
  const text = (words: string): string => `'${words.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  return Object.entries(commands)
    .flatMap(([command, { summary, options }]) => [
      `complete -c emulsion -n __fish_use_subcommand -a ${command} -d ${text(summary)}`,
      ...options.flatMap(({ name, aliases = [], value, words, summary: about = '' }) =>
        [name, ...aliases].map((each) =>
          [
            `complete -c emulsion -n '__fish_seen_subcommand_from ${command}'`,
            each.length === 1 ? `-s ${each}` : `-l ${each}`,
            ...(value === undefined ? [] : ['-r']),
            ...(words ? [`-a ${text(words.join(' '))}`] : []),
            ...(about === '' ? [] : [`-d ${text(about)}`]),
          ].join(' '),
        ),
      ),
    ])
    .join('\n')
}
