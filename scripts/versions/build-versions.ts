// Writes build/versions.json: the version of each operation and codec, and of what they all share, by which results are kept.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { buildOnce } from '../built-files/build-once.ts'
import { sourceVersions, type Sources } from './source-versions.ts'

const root = resolve(import.meta.dirname, '../..')
const out = resolve(root, 'build/versions.json')

/** The project's own sources, and what npm has installed. */
export function projectSources(): Sources {
  const files = ['src/image', 'src/service/render'].flatMap((folder) =>
    readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => resolve(entry.parentPath, entry.name).slice(root.length + 1)),
  )
  return {
    files: files.toSorted(),
    // Fonts are bytes: each stays one character.
    read: (file) => readFileSync(resolve(root, file), 'latin1'),
    versionOf: (name) =>
      (JSON.parse(readFileSync(resolve(root, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version,
  }
}

export async function buildVersions(): Promise<void> {
  mkdirSync(resolve(root, 'build'), { recursive: true })
  const sources = projectSources()
  const inputs = [import.meta.filename, resolve(root, 'scripts/versions/source-versions.ts'), resolve(root, 'package-lock.json')]
  await buildOnce(out, [...inputs, ...sources.files.map((file) => resolve(root, file))], () =>
    writeFileSync(out, `${JSON.stringify(sourceVersions(sources), null, 2)}\n`),
  )
}
