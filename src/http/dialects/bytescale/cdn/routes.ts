import { AppError } from '../../../../errors.ts'
import { ACCOUNT_ID_PATTERN } from '../../../../service/access/account-id.ts'
import type { Caller } from '../../../../service/access/access.ts'
import type { BytescaleApp, BytescaleContext, KnownAccount } from '../env.ts'
import { explainToHolder } from './explain.ts'
import { openTarget, type CdnDeps, type OpenTarget } from './target.ts'
import { answerImage, type ImageDeps } from './image.ts'
import { mergeParameters } from './merge-parameters.ts'
import { answerRaw, type RawDeps } from './raw.ts'
import { answerVector, wantsVector } from './vector.ts'
import { answerSave, type SaveRouteDeps } from './save.ts'

export type Presets = ReadonlyMap<string, readonly (readonly [name: string, value: string])[]>

export type CdnRouteDeps = CdnDeps & ImageDeps & RawDeps & SaveRouteDeps & { readonly presets: ReadonlyMap<string, Presets> }

const ACCOUNT = `:account{${ACCOUNT_ID_PATTERN}}`
/** Other kinds of processing are an error, in JSON (docs/protocols/bytescale.md §3.6). */
const NOT_OFFERED: readonly string[] = ['video', 'audio', 'archive', 'antivirus']

/** The CDN side (docs/protocols/bytescale.md §1.1): `raw`, `image` and presets; `save` stands before `image` and presets. */
export function cdnRoutes(app: BytescaleApp, knownAccount: KnownAccount, deps: CdnRouteDeps): void {
  app.get(`/${ACCOUNT}/raw/*`, async (c) => answerRaw(c, await openTarget(c, knownAccount(c), 'raw', 2, deps), deps))
  app.post(`/${ACCOUNT}/save/:processing/*`, async (c) => {
    const caller: Caller = await deps.authentication.caller(c.req.raw.headers, knownAccount(c))
    return answerSave(c, caller, await openImage(c, knownAccount(c), 3, deps), deps)
  })
  app.get(`/${ACCOUNT}/:processing/*`, async (c) => {
    const account = knownAccount(c)
    const processing = c.req.param('processing')
    const withPreset = presetOf(account, processing, deps)
    const explained = await explainToHolder(c, account, processing, withPreset, deps)
    if (explained) return explained
    const target = withPreset(await openTarget(c, account, processing, 2, deps))
    if (wantsVector(target)) return answerVector(c, withPreset(await openTarget(c, account, 'raw', 2, deps)), deps)
    return answerImage(c, target, deps)
  })
  for (const path of [`/${ACCOUNT}/:processing/*`, `/${ACCOUNT}/save/:processing/*`])
    app.all(path, (c) => refuse(c.req.param('processing')))
}

async function openImage(c: BytescaleContext, account: string, segmentsBefore: number, deps: CdnRouteDeps): Promise<OpenTarget> {
  const processing = c.req.param('processing') ?? ''
  const withPreset = presetOf(account, processing, deps)
  return withPreset(await openTarget(c, account, processing, segmentsBefore, deps))
}

/** A preset (docs/protocols/bytescale.md §1.4): its parameters come before those of the URL. */
function presetOf(account: string, processing: string, { presets }: CdnRouteDeps): (target: OpenTarget) => OpenTarget {
  const preset = processing === 'image' ? [] : presets.get(account)?.get(processing)
  if (preset === undefined) return refuse(processing)
  return (target) => ({ ...target, query: mergeParameters(preset, target.query), preset: processing === 'image' ? null : preset })
}

function refuse(processing: string | undefined): never {
  const received = JSON.stringify(processing?.slice(0, 100))
  if (NOT_OFFERED.includes(processing ?? ''))
    throw new AppError('not_implemented', { field: processing, reason: `Expected "image" or "raw", received ${received}.` })
  if (processing === 'image' || processing === 'raw') throw new AppError('method_not_allowed')
  throw new AppError('not_found', { field: processing, reason: `Expected "raw", "image" or the name of a preset, received ${received}.` })
}
