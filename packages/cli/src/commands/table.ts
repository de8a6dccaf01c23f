import type { Command } from './command.ts'
import { render } from './render.ts'

/** The commands by their names. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  render,
}
