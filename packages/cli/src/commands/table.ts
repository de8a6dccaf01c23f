import { batch, watch } from './batch.ts'
import type { Command } from './command.ts'
import { completionOf } from './completion.ts'
import { get } from './get.ts'
import { ls } from './ls.ts'
import { migrate } from './migrate.ts'
import { put } from './put.ts'
import { render } from './render.ts'
import { rm } from './rm.ts'
import { translate } from './translate.ts'
import { explain, purge, sign } from './urls.ts'

const commands: Readonly<Record<string, Command>> = { render, put, get, ls, rm, batch, watch, purge, sign, explain, translate, migrate }

/** The commands by their names. */
export const COMMANDS: Readonly<Record<string, Command>> = { ...commands, completion: completionOf(commands) }
