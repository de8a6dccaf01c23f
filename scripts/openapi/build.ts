// Writes what the service says of itself to programs: public/-/openapi.json and public/-/llms.txt. Both are static files of a deployment.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { replaceFile } from '../built-files/replace-file.ts'
import { DIALECTS } from './dialects.ts'
import { openApiDocument } from './document.ts'
import { guide } from './guide.ts'

const root = resolve(import.meta.dirname, '../..')

export function buildDescriptions(): void {
  const { version } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as { version: string }
  replaceFile(resolve(root, 'public/-/openapi.json'), `${JSON.stringify(openApiDocument(DIALECTS, version))}\n`)
  replaceFile(resolve(root, 'public/-/llms.txt'), guide(DIALECTS))
}

if (import.meta.main) buildDescriptions()
