import { DEFAULT_OUTPUT, planInputs, type TransformPlan } from '../../../../image/plan.ts'
import type { HashText } from '../../../../service/ports.ts'
import { ANYBODY, isTrusted } from '../../../../service/protection/standing.ts'
import { applyUrlPolicy } from '../../../../service/protection/url-policy.ts'
import type { FindShape } from '../../../../service/render/results/find-shape.ts'
import { createTimings } from '../../../../service/render/timings.ts'
import { readArgs } from '../../../args.ts'
import { show } from '../../../caching/shared-caches.ts'
import { isNotModified } from '../../../conditional.ts'
import { answerExplained } from '../../../explain/answer.ts'
import { wantsExplanation } from '../../../explain/wanted.ts'
import { watchClient } from '../../../picture.ts'
import type { OpenAskedPicture } from '../../../pictures/open-picture.ts'
import { refuseLoop } from '../../../via.ts'
import { isUrlMetadata, readDelivery } from '../image-query/delivery.ts'
import { answerWish, cachePolicy, explainWish, type ImageDeps } from './image.ts'
import { openSecureUrl } from './secure-url.ts'
import { type CdnDeps, openFor } from './target.ts'
import { cacheControl, timeToLive } from './time-to-live.ts'
import { aimed, type TargetedWish } from './wish.ts'

export type OpenPictureDeps = CdnDeps & ImageDeps & { readonly findShape: FindShape; readonly hash: HashText }

/** Opens pictures for other dialects as image URLs are opened: who may see a file by `image` may see it there, and results are shared. */
export const createOpenPicture = (deps: OpenPictureDeps): OpenAskedPicture =>
  async function openPicture(c, account, asked, dialect) {
    refuseLoop(c.req.raw.headers, account)
    const secure = await openSecureUrl(new URL(c.req.url), c.req.header('Host'), asked, account, deps.keys, deps.clock)
    const opened = await openFor(c, account, 'image', secure, deps)
    const args = readArgs(opened.query.filter(([name]) => !isUrlMetadata(name)))
    const delivery = readDelivery(args)
    args.done()
    const isExplained = delivery.explain || wantsExplanation(c.req)
    if (isExplained) opened.demandKeyOrSignature('explain')
    // Told is what whoever opens the URL gets.
    const target = isExplained && !secure.signer ? { ...opened, standing: ANYBODY } : opened
    const { path, standing, urlPolicy } = target
    const wishOf = (plan: TransformPlan): TargetedWish => {
      const isKept = delivery.cache && delivery.cachePermanently !== false
      const policed = applyUrlPolicy(urlPolicy, standing, { path, plan, preset: null, isKept })
      return { plan: policed, delivery, variesByAccept: false, fallback: undefined, path, isPrivate: target.isPrivate }
    }
    const ttlSeconds = timeToLive(delivery, target.cache, deps.clock)
    return {
      account,
      path,
      isExplained,
      mostPixels: isTrusted(standing, path) ? undefined : urlPolicy.maxUnsignedPixels,
      async shape() {
        c.set('notFoundTtlSeconds', delivery.notFoundTtlSeconds ?? target.cache.notFoundTtlSeconds)
        show(c, { account, paths: [path] })
        const plan = { steps: [], output: DEFAULT_OUTPUT }
        const cache = cachePolicy(plan, delivery, ttlSeconds, target)
        const request = { account, path, standing, cache, isGone: watchClient(c.req.raw.signal) }
        return deps.findShape(request, createTimings(deps.clock), (work) => c.executionCtx.waitUntil(work))
      },
      async answer(plan, { variesByAccept = false, readsCropFiles = false } = {}) {
        const policed = { ...wishOf(plan), variesByAccept }
        const wish = readsCropFiles ? { ...policed, ...(await aimed(target, policed.plan, deps.files)) } : policed
        for (const input of planInputs(wish.plan)) target.demandRead(input.path)
        if (!isExplained) return answerWish(c, target, wish, deps)
        return answerExplained(c, { dialect, account, wish: await explainWish(target, wish, deps) })
      },
      async answerAbout(text, mime) {
        wishOf({ steps: [], output: DEFAULT_OUTPUT })
        const etag = await deps.hash(`${mime}\n${text}`)
        const headers = { ETag: `"${etag}"`, 'Cache-Control': cacheControl(delivery, ttlSeconds, target.isPrivate), 'Content-Type': mime }
        if (isNotModified(c.req.raw.headers, { etag })) return new Response(null, { status: 304, headers })
        return new Response(c.req.method === 'HEAD' ? null : text, { headers })
      },
    }
  }
