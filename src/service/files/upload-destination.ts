import { AppError } from '../../errors.ts'
import { cutFileName } from './cut-name.ts'
import { checkFilePath } from './path.ts'
import { expandPathVariables, hasRandomVariable, type PathVariableValues } from './path-variables.ts'

/** Where a file is to be stored: a literal path, or a folder and a name in which variables may stand. */
export type Destination = string | DestinationRule

export interface DestinationRule {
  readonly folderPath?: string | undefined
  readonly folderPathVariablesEnabled?: boolean | undefined
  readonly fileName?: string | undefined
  readonly fileNameVariablesEnabled?: boolean | undefined
  /** Used when `fileName` needs a variable that has no value, such as the name of a nameless upload. */
  readonly fileNameFallback?: string | undefined
}

/** What stands in for the members that a rule leaves out. The folder is absolute. */
export interface DestinationDefaults {
  readonly folderPath: string
  readonly fileName: string
  readonly fileNameFallback: string
}

/** Bytescale's factory defaults (its support article 59); a nameless upload falls back to its token. */
export const DEFAULT_RULE: DestinationDefaults = {
  folderPath: '/uploads/{UTC_YEAR}/{UTC_MONTH}/{UTC_DAY}',
  fileName: '{UTC_TIME_TOKEN_INVERSE}{UNIQUE_DIGITS_2}-{ORIGINAL_FILE_NAME}{ORIGINAL_FILE_EXT}',
  fileNameFallback: '{UTC_TIME_TOKEN_INVERSE}{UNIQUE_DIGITS_4}{ORIGINAL_FILE_EXT}',
}

/**
 * The path that a destination means now. Calling again may answer another one; `canVary` says whether that is possible.
 * @throws AppError `invalid_path`.
 */
export function resolveDestination(
  destination: Destination | undefined,
  values: PathVariableValues,
  defaults: DestinationDefaults = DEFAULT_RULE,
): { readonly path: string; readonly canVary: boolean } {
  if (typeof destination === 'string') return { path: checkFilePath(destination), canVary: false }
  const rule = destination ?? {}
  const safe = { ...values, originalFileName: fileNameInPath(values.originalFileName) }
  const [folderTemplate, folder] = folderOf(rule, safe, defaults)
  const [template, name] = fileNameOf(rule, safe, defaults)
  if (name.includes('/'))
    throw new AppError('invalid_path', { field: 'fileName', reason: `Expected a name without "/", received ${JSON.stringify(name)}.` })
  return {
    path: checkFilePath(`${folder === '/' ? '' : folder}/${name}`),
    canVary: hasRandomVariable(template) || hasRandomVariable(folderTemplate),
  }
}

/** A relative folder is appended to the default folder; an absolute one replaces it. */
function folderOf(
  { folderPath = '', folderPathVariablesEnabled = true }: DestinationRule,
  values: PathVariableValues,
  defaults: DestinationDefaults,
): readonly [template: string, folder: string] {
  const given = folderPathVariablesEnabled ? expandOrRefuse(folderPath, values, 'folderPath') : folderPath
  const base = given.startsWith('/') ? '' : defaults.folderPath
  const folder = [expandOrRefuse(base, values, 'folderPath'), given].filter(Boolean).join('/')
  return [base + (folderPathVariablesEnabled ? folderPath : ''), folder.length > 1 && folder.endsWith('/') ? folder.slice(0, -1) : folder]
}

function fileNameOf(
  { fileName, fileNameVariablesEnabled = true, fileNameFallback }: DestinationRule,
  values: PathVariableValues,
  defaults: DestinationDefaults,
): readonly [template: string, name: string] {
  if (fileName !== undefined && !fileNameVariablesEnabled) return ['', fileName]
  const template = fileName ?? defaults.fileName
  const name = expandPathVariables(template, values, 'fileName')
  if (name !== null) return [template, name]
  const fallback = fileNameFallback ?? defaults.fileNameFallback
  return [fallback, expandOrRefuse(fallback, values, 'fileNameFallback')]
}

function expandOrRefuse(template: string, values: PathVariableValues, field: string): string {
  const text = expandPathVariables(template, values, field)
  if (text === null)
    throw new AppError('invalid_path', {
      field,
      reason: `Expected variables that have a value for this file, received ${JSON.stringify(template)}.`,
    })
  return text
}

/** Of a client's file name in a path: enough for its folder is left. */
const NAME_LIMITS = { characters: 200, bytes: 400 }

/** A client's file name as one path segment, `null` when nothing is left of it: separators and control characters become `_`, and it never means a folder. */
export function fileNameInPath(name: string | null): string | null {
  // eslint-disable-next-line no-control-regex -- control characters are what is replaced
  const clean = name?.toWellFormed().replaceAll(/[/\\\u0000-\u001f\u007f\u2028\u2029]/g, '_')
  const safe = clean === undefined ? undefined : cutFileName(clean, NAME_LIMITS)
  return safe === undefined || safe === '' || /^\.+$/.test(safe) ? null : safe
}
