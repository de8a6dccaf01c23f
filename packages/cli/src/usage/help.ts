import type { Command } from '../commands/command.ts'
import type { Option } from './options.ts'

/** The help of one command. */
export function helpOf(name: string, { summary, usage, details, options }: Command): string {
  const told = options.filter((option) => option.summary !== undefined)
  const left = told.map(spelled)
  const width = Math.max(...left.map((text) => text.length))
  return [
    `emulsion ${name} ${usage}`,
    '',
    summary,
    ...(details === '' ? [] : ['', details]),
    '',
    'Options:',
    ...told.map((option, i) => `  ${(left[i] ?? '').padEnd(width)}  ${option.summary}`),
  ].join('\n')
}

const spelled = ({ name, short, value }: Option): string =>
  `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value.split(' ').at(-1)?.toUpperCase()}`}`

/** The help of all. */
export function help(commands: Readonly<Record<string, Command>>): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length))
  return [
    'emulsion COMMAND …',
    '',
    ...Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'emulsion COMMAND --help tells more. Exit codes: 0 done, 1 failed, 2 the command line is wrong, 130 interrupted.',
  ].join('\n')
}
