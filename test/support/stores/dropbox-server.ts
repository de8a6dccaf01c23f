import { appendFileSync, copyFileSync, createReadStream, existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'

/**
 * Stands in for Dropbox, which has no server to run: the calls of its public HTTP documentation that the adapter makes, with their checks and errors.
 * A token is good for some calls only, so that its renewal is seen. All state lies on disk: `dropbox-server.ts FOLDER PORT` goes on where it was killed.
 */
const APP = { appKey: 'app-key', appSecret: 'app-secret', refreshToken: 'refresh-token' }

interface Stored {
  readonly path: string
  readonly file: string
  readonly rev: string
  readonly modified: string
}
type Json = Readonly<Record<string, unknown>>
interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly argument: Json
}

const CALLS_A_TOKEN = 7
/** Printable ASCII: what a header may carry. */
const ASCII = /^[ -~]*$/
const PATH = /^\/[^\r\n]+$/

function serve(folder: string, port: number): void {
  const index = join(folder, 'index.json')
  const files = new Map<string, Stored>(existsSync(index) ? (JSON.parse(readFileSync(index, 'utf8')) as [string, Stored][]) : [])
  const cursors = new Map<string, readonly Stored[]>()
  let [counter, token, left] = [Date.now(), '', 0]
  const newName = (): string => (counter += 1).toString(16)
  const save = (): void => writeFileSync(index, JSON.stringify([...files]))

  const answer = (response: ServerResponse, status: number, json: object): void => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(json))
  }
  const refuse = (response: ServerResponse, summary: string, more: object = {}): void =>
    answer(response, 409, { error_summary: `${summary}/...`, error: { '.tag': summary.split('/')[0], ...more } })
  const entryOf = ({ path, file, rev, modified }: Stored): object => ({
    '.tag': 'file',
    name: path.slice(path.lastIndexOf('/') + 1),
    path_display: path,
    path_lower: path.toLowerCase(),
    rev,
    size: statSync(file).size,
    server_modified: modified,
  })
  const keep = (path: string, file: string): Stored => {
    const stored = { path, file, rev: newName(), modified: new Date().toISOString().replace(/\.\d+/, '') }
    files.set(path.toLowerCase(), stored)
    save()
    return stored
  }
  const receive = async (request: IncomingMessage, file: string): Promise<void> => {
    writeFileSync(file, '', { flag: 'a' })
    for await (const chunk of request) appendFileSync(file, chunk as Buffer)
  }
  const page = (response: ServerResponse, all: readonly Stored[], limit: number): void => {
    const cursor = newName()
    cursors.set(cursor, all.slice(limit))
    answer(response, 200, { entries: all.slice(0, limit).map(entryOf), cursor: `${cursor}:${limit}`, has_more: all.length > limit })
  }

  const API: Readonly<Record<string, (call: Call) => void>> = {
    get_metadata({ response, argument: { path } }) {
      const found = files.get(String(path).toLowerCase())
      if (found) answer(response, 200, entryOf(found))
      else refuse(response, 'path/not_found')
    },
    delete_v2({ response, argument: { path } }) {
      const found = files.get(String(path).toLowerCase())
      if (!files.delete(String(path).toLowerCase()) || !found) return refuse(response, 'path_lookup/not_found')
      save()
      answer(response, 200, { metadata: entryOf(found) })
    },
    copy_v2({ response, argument: { from_path: from, to_path: to } }) {
      const found = files.get(String(from).toLowerCase())
      if (!found) return refuse(response, 'from_lookup/not_found')
      if (files.has(String(to).toLowerCase())) return refuse(response, 'to/conflict/file')
      const file = join(folder, newName())
      copyFileSync(found.file, file)
      answer(response, 200, { metadata: entryOf(keep(String(to), file)) })
    },
    list_folder({ response, argument: { path, limit } }) {
      const below = [...files.values()].filter((stored) => stored.path.toLowerCase().startsWith(`${String(path).toLowerCase()}/`))
      if (below.length === 0 && path !== '') return refuse(response, 'path/not_found')
      page(
        response,
        below.sort((a, b) => (a.path < b.path ? -1 : 1)),
        Number(limit),
      )
    },
    'list_folder/continue'({ response, argument: { cursor } }) {
      const [id = '', limit = ''] = String(cursor).split(':')
      page(response, cursors.get(id) ?? [], Number(limit))
    },
  }

  const CONTENT: Readonly<Record<string, (call: Call) => Promise<void> | void>> = {
    download({ request, response, argument: { path } }) {
      const found = files.get(String(path).toLowerCase())
      if (!found) return refuse(response, 'path/not_found')
      const { size } = statSync(found.file)
      const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []
      const [start, end] = from === undefined ? [0, size - 1] : [Number(from), Math.min(Number(to), size - 1)]
      const result = JSON.stringify(entryOf(found)).replaceAll(
        /[^ -~]/g,
        (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
      const range = from === undefined ? {} : { 'Content-Range': `bytes ${start}-${end}/${size}` }
      response.writeHead(from === undefined ? 200 : 206, { 'Dropbox-API-Result': result, 'Content-Length': end + 1 - start, ...range })
      if (size === 0) response.end()
      else createReadStream(found.file, { start, end }).pipe(response)
    },
    async upload({ request, response, argument: { path, mode } }) {
      const file = join(folder, newName())
      await receive(request, file)
      if (!request.complete) return
      if (mode !== 'overwrite' && files.has(String(path).toLowerCase())) return refuse(response, 'path/conflict/file')
      answer(response, 200, entryOf(keep(String(path), file)))
    },
    async 'upload_session/start'({ request, response }) {
      const id = newName()
      await receive(request, join(folder, `session-${id}`))
      answer(response, 200, { session_id: id })
    },
    async 'upload_session/append_v2'({ request, response, argument: { cursor } }) {
      const { session_id: id, offset } = cursor as { readonly session_id: string; readonly offset: number }
      const [file, part] = [join(folder, `session-${id}`), join(folder, newName())]
      await receive(request, part)
      const { size } = statSync(file)
      if (size !== offset) return refuse(response, 'incorrect_offset', { correct_offset: size })
      for await (const chunk of createReadStream(part)) appendFileSync(file, chunk as Buffer)
      answer(response, 200, {})
    },
    async 'upload_session/finish'({ request, response, argument: { cursor, commit } }) {
      const { session_id: id, offset } = cursor as { readonly session_id: string; readonly offset: number }
      const file = join(folder, `session-${id}`)
      await receive(request, file)
      const { size } = statSync(file)
      if (size !== offset) return refuse(response, 'lookup_failed/incorrect_offset', { lookup_failed: { correct_offset: size } })
      const final = join(folder, newName())
      renameSync(file, final)
      answer(response, 200, entryOf(keep((commit as { readonly path: string }).path, final)))
    },
  }

  const textOf = async (request: IncomingMessage): Promise<string> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString()
  }
  async function renew(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await textOf(request))
    const isRight = form.get('client_id') === APP.appKey && form.get('client_secret') === APP.appSecret
    if (!isRight) return answer(response, 401, { error: 'invalid_client', error_description: 'Invalid client_id or client_secret' })
    if (form.get('refresh_token') !== APP.refreshToken || form.get('grant_type') !== 'refresh_token')
      return answer(response, 400, { error: 'invalid_grant', error_description: 'refresh token is invalid or revoked' })
    ;[token, left] = [newName(), CALLS_A_TOKEN]
    answer(response, 200, { access_token: token, token_type: 'bearer', expires_in: 14_400 })
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return void response.writeHead(404).end()
    if (request.url === '/oauth2/token') return renew(request, response)
    if (request.headers.authorization !== `Bearer ${token}` || (left -= 1) < 0) {
      for await (const _ of request); // a refusal that comes before the body has gone is lost on the way
      return answer(response, 401, { error_summary: 'expired_access_token/..', error: { '.tag': 'expired_access_token' } })
    }
    const name = /^\/2\/files\/(.+)$/.exec(request.url ?? '')?.[1] ?? ''
    const [type, inHeader] = [request.headers['content-type'], request.headers['dropbox-api-arg']]
    const content = CONTENT[name]
    if (content) {
      if (type !== 'application/octet-stream' || typeof inHeader !== 'string' || !ASCII.test(inHeader))
        return void response.writeHead(400).end('Error in call: bad HTTP header')
      return content({ request, response, argument: checked(JSON.parse(inHeader) as Json) })
    }
    const text = await textOf(request)
    if (type !== 'application/json') return void response.writeHead(400).end('Error in call: bad HTTP "Content-Type" header')
    const api = API[name]
    if (api) api({ request, response, argument: checked(JSON.parse(text) as Json) })
    else response.writeHead(404).end()
  }
  const checked = (argument: Json): Json => {
    const { path = '' } = argument
    if (path !== '' && (typeof path !== 'string' || !PATH.test(path))) throw new Error('malformed_path')
    return argument
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(400).end(`Error in call: ${String(error)}`)
    })
  })
  server.listen(port, '127.0.0.1')
}

const [, , folder = '', port = ''] = process.argv
serve(folder, Number(port))
