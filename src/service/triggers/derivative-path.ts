import type { TransformPlan } from '../../image/plan.ts'
import { fileNameOf, splitExtension } from '../files/path.ts'

/** The size that a plan names last. What an image really gets may be less; a name must be the same for every source. */
export function sidesOf({ steps }: TransformPlan): { readonly width?: string; readonly height?: string } {
  const sized = steps.findLast(({ params }) => 'width' in params || 'height' in params)?.params as
    { readonly width?: unknown; readonly height?: unknown } | undefined // checked on this line
  return {
    ...(typeof sized?.width === 'number' && { width: String(sized.width) }),
    ...(typeof sized?.height === 'number' && { height: String(sized.height) }),
  }
}

/**
 * Where a rule puts what it makes of the file at `path`. The template's `{variables}` are those of docs/triggers.md; an upload's destination has
 * other ones (files/path-variables.ts), because it has a time and a client's file name and a rule has a path and a plan.
 * @throws Error for the operator who wrote the rule, when a variable is unknown or has no value.
 */
export function derivativePath(template: string, path: string, values: Readonly<Record<string, string>>): string {
  const file = fileNameOf(path)
  const { name, extension } = splitExtension(file)
  const all: Readonly<Record<string, string>> = { ...values, dir: path.slice(0, -file.length - 1), file, name, ext: extension.slice(1) }
  return template.replaceAll(/\{([^{}]*)\}/g, (_, variable: string) => {
    const value = Object.hasOwn(all, variable) ? all[variable] : undefined
    if (value === undefined)
      throw new Error(`Destination ${JSON.stringify(template)}: {${variable}} has no value; known are ${Object.keys(all).join(', ')}.`)
    return value
  })
}
