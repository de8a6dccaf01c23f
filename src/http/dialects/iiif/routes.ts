import type { Context } from 'hono'
import { AppError } from '../../../errors.ts'
import { ACCOUNT_ID_PATTERN } from '../../../service/access/account-id.ts'
import { type AppEnv, createDialect, type ErrorPolicy } from '../../dialect.ts'
import { isNamed } from '../../picture.ts'
import type { OpenAskedPicture, OpenPicture } from '../../pictures/open-picture.ts'
import { type Address, baseUri, readAddress } from './address.ts'
import { describeImage } from './info.ts'
import { parseImage } from './parse.ts'
import { renderError } from './render-error.ts'
import type { SizeLimits } from './size.ts'
import { contextOf, profileOf, type Version } from './version.ts'

export interface IiifDeps {
  readonly accounts: ReadonlySet<string>
  readonly openPicture: OpenAskedPicture
  /** Of the installation: of a result's sides, and of its pixels. */
  readonly limits: { readonly maxSide: number; readonly maxPixels: number }
  readonly writesAvif: boolean
  readonly errors: ErrorPolicy
}

type IiifContext = Context<AppEnv>

const ROUTE = `/:account{${ACCOUNT_ID_PATTERN}}/iiif/:version{[23]}/:identifier/*`
const BASE_ROUTE = ROUTE.slice(0, -'/*'.length)

/** IIIF Image API 3.0 and 2.1, level 2, below every account. */
export function iiifRoutes(deps: IiifDeps) {
  const app = createDialect(renderError, deps.errors)
  for (const route of [BASE_ROUTE, ROUTE]) {
    app.get(route, (c) => answerAddress(c, deps))
    app.all(route, () => {
      throw new AppError('method_not_allowed')
    })
  }
  return app
}

async function answerAddress(c: IiifContext, deps: IiifDeps): Promise<Response> {
  const account = c.req.param('account') ?? ''
  if (!deps.accounts.has(account)) throw notFound(`The account ${JSON.stringify(account.slice(0, 20))} does not exist.`)
  const url = new URL(c.req.url)
  const address = readAddress(url.pathname)
  if (!address)
    throw notFound('Expected an identifier, and info.json or region, size, rotation and quality.format behind it, each in one segment.')
  const { version, path, asked } = address
  const id = baseUri(url.origin, account, version, path)
  if (asked.kind === 'base') return c.redirect(`${id}/info.json${url.search}`, 303)
  const picture = await deps.openPicture(c, account, { path, query: [...url.searchParams] }, 'iiif')
  return asked.kind === 'info' ? answerInfo(c, id, version, picture, deps) : answerImage(c, id, version, asked.words, picture, deps)
}

const notFound = (reason: string): AppError => new AppError('not_found', { reason })

const limitsOf = ({ mostPixels = Infinity }: OpenPicture, { limits: { maxSide, maxPixels } }: IiifDeps): SizeLimits => ({
  maxWidth: maxSide,
  maxArea: Math.min(maxPixels, mostPixels),
})

/** `…/info.json`. 3.0 answers JSON-LD unless plain JSON alone is accepted, 2.1 when it is asked for by name. */
async function answerInfo(c: IiifContext, id: string, version: Version, picture: OpenPicture, deps: IiifDeps): Promise<Response> {
  const image = await picture.shape()
  const { writesAvif } = deps
  const text = JSON.stringify(describeImage({ version, id, image, limits: limitsOf(picture, deps), writesAvif }))
  const accept = c.req.header('Accept')
  const isNamedLd = isNamed(accept, 'application/ld+json')
  const isLinkedData = isNamedLd || (version === '3' && !isNamed(accept, 'application/json'))
  const linkedData = version === '3' ? `application/ld+json;profile="${contextOf(version)}"` : 'application/ld+json'
  const response = await picture.answerAbout(text, isLinkedData ? linkedData : 'application/json')
  const context = `<${contextOf(version)}>;rel="http://www.w3.org/ns/json-ld#context";type="application/ld+json"`
  c.header('Vary', 'Accept', { append: true })
  c.header('Link', [`<${profileOf(version)}>;rel="profile"`, ...(isLinkedData ? [] : [context])].join(', '))
  return response
}

/** `…/{region}/{size}/{rotation}/{quality}.{format}` */
async function answerImage(
  c: IiifContext,
  id: string,
  version: Version,
  words: Extract<Address['asked'], { readonly kind: 'image' }>['words'],
  picture: OpenPicture,
  deps: IiifDeps,
): Promise<Response> {
  const { plan, canonical } = parseImage(words, version, await picture.shape(), limitsOf(picture, deps))
  const response = await picture.answer(plan)
  c.header('Link', `<${id}/${canonical}>;rel="canonical", <${profileOf(version)}>;rel="profile"`)
  return response
}
