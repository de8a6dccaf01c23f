import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../..')

/** TypeScript files below a folder of the repository, as paths from its root. */
export const typeScriptBelow = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && !name.includes('node_modules'))
    .map((name) => join(folder, name))

export const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

/** What a file imports, types included: packages by name, files of the repository as paths from its root. */
export function importsOf(file: string): { readonly packages: readonly string[]; readonly files: readonly string[] } {
  const specifiers = [...textOf(file).matchAll(/(?:^|\s)(?:from|import)\s*\(?\s*['"]([^'"\n]+)['"]/gm)].map((match) => match[1] ?? '')
  const isFile = (specifier: string): boolean => specifier.startsWith('.')
  return {
    packages: specifiers.filter((specifier) => !isFile(specifier)),
    files: specifiers.filter(isFile).map((specifier) => withExtension(relative(ROOT, resolve(ROOT, dirname(file), specifier)))),
  }
}

/** AssemblyScript imports without an extension. */
const withExtension = (path: string): string => (/\.\w+$/.test(path) ? path : `${path}.ts`)

/** Groups of files that import each other in a circle (Tarjan's strongly connected components of more than one file). */
export function importCircles(files: readonly string[]): readonly (readonly string[])[] {
  const known = new Set(files)
  const order = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const circles: string[][] = []
  const lowOf = (file: string): number => low.get(file) ?? Infinity
  const visit = (file: string): void => {
    order.set(file, order.size)
    low.set(file, order.size - 1)
    stack.push(file)
    for (const target of importsOf(file).files.filter((name) => known.has(name))) {
      if (!order.has(target)) visit(target)
      if (stack.includes(target)) low.set(file, Math.min(lowOf(file), lowOf(target)))
    }
    if (low.get(file) !== order.get(file)) return
    const circle = stack.splice(stack.indexOf(file))
    if (circle.length > 1 || importsOf(file).files.includes(file)) circles.push(circle)
  }
  for (const file of files) if (!order.has(file)) visit(file)
  return circles
}
