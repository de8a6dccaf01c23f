import type { Context } from 'hono'
import { readArgs } from '../../../args.ts'
import { demandCall } from '../security/rights.ts'
import { fileUrl } from '../store/answer.ts'
import { type ContentDeps, openContent } from '../store/content.ts'
import { readOverwriteOptions } from '../store/options.ts'
import { readSent } from '../store/sent.ts'
import { readCredentials, shownName } from './deliver.ts'
import { openFile, type OpenFileDeps } from './open-file.ts'

export type ChangeDeps = OpenFileDeps & ContentDeps

/** `POST /api/file/{handle}`: other bytes under the same handle (docs/protocols/filestack.md §3). A name that is not given stays. */
export async function answerOverwrite(c: Context, deps: ChangeDeps): Promise<Response> {
  const { searchParams, host, origin } = new URL(c.req.url)
  const sent = await readSent(c.req.raw, deps.reserve)
  try {
    const options = readOverwriteOptions(searchParams, sent.fields)
    const { app, record, rights } = await openFile(c, options, deps)
    const source = sent.kind === 'url' ? { url: sent.url } : {}
    demandCall(app, rights, [sent.kind === 'url' ? 'writeUrl' : 'write'], { handle: record.handle, ...source })
    const before = await deps.stored.head(record)
    const info = await openContent(sent, options, { account: record.account, ownHost: host }, deps, ({ size: _, ...content }) =>
      deps.stored.overwrite(record, { ...content, fileName: content.fileName ?? shownName(before) }),
    )
    return c.json({
      url: fileUrl(origin, record.handle),
      mimetype: info.mime,
      isWriteable: true,
      size: info.size,
      filename: shownName(info),
    })
  } finally {
    sent.release()
  }
}

/** `DELETE /api/file/{handle}` and `POST /api/file/{handle}/remove`: the handle is gone, and its file unless `skip_storage=true`. */
export async function answerRemove(c: Context, deps: OpenFileDeps): Promise<Response> {
  const args = readArgs(new URL(c.req.url).searchParams)
  const credentials = readCredentials(args)
  const keepsFile = args.flag('skip_storage') ?? false
  args.done()
  const { app, record, rights } = await openFile(c, credentials, deps)
  demandCall(app, rights, ['remove'], { handle: record.handle })
  await deps.stored.remove(record, keepsFile)
  return c.json({ success: true })
}
