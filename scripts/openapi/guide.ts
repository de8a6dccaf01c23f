import type { DescribedDialect } from '../../src/http/openapi/call.ts'
import { IMAGE_QUERY } from '../../src/http/dialects/bytescale/image-query/described.ts'

/** `/-/llms.txt`: a short guide for language models, in the form of llmstxt.org. */
export function guide(dialects: readonly DescribedDialect[]): string {
  const parameters = Object.entries(IMAGE_QUERY.shape).map(([name, schema]) => `- \`${name}\`: ${schema.description ?? ''}`)
  const calls = dialects.flatMap(({ tag, calls: of }) =>
    of.map(({ method, path, summary, operationId }) => `- \`${method} ${path}\` (${tag}, ${operationId}): ${summary}`),
  )
  return `# Emulsion

> An image service on Cloudflare Workers: it stores files, and shows pictures that are changed as their URL says.

An image URL is \`/{account}/image/{path of a stored file}?{parameters}\`. Example: \`/Emu1s1n/image/photo.jpg?w=800&h=600&fit=crop&f=auto\`.
Sizes are pixels. An unknown, doubled or malformed parameter is 400 with its name. The stored file itself is \`/{account}/raw/{path}\`.
Store a file by \`POST /v2/accounts/{account}/uploads/binary?filePath=/photo.jpg\` with \`Authorization: Bearer {key}\`.
To move a URL of another image service here, send it to \`POST /-/translate\` as \`{"url": "…"}\`: the answer has the URL to use, and each parameter that is lost or differs.
To learn why a picture is what it is, add \`explain=true\` with a secret key, or use \`POST /-/explain\`.

## Parameters of image URLs

${parameters.join('\n')}

## Calls

${calls.join('\n')}

## More

- [OpenAPI 3.1](/-/openapi.json): every call with its schemas and errors
- [Console](/-/console/): a page where all this can be tried
`
}
