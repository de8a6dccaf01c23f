import { type Exchange, readAnswer, readJson, storeFailed } from './exchange.ts'

export interface SwiftSettings {
  readonly name: string
  /** Where tokens come from: of TempAuth `https://host/auth/v1.0`, of Keystone `https://host/v2.0` or `https://host/v3`. */
  readonly authUrl: string
  readonly version: '1' | '2' | '3'
  readonly user: string
  readonly password: string
  /** Whether `password` is an API key of Rackspace's Identity (version 2). */
  readonly isApiKey: boolean
  /** Keystone's project, in version 2 the tenant. */
  readonly project?: string | undefined
  /** Keystone 3: the domain of user and project. */
  readonly domain: string
  /** Of the object store in Keystone's catalogue; the first one when absent. */
  readonly region?: string | undefined
}

export interface SwiftLogin {
  readonly token: string
  /** Address of the account's containers, without a slash at its end. */
  readonly storage: string
}

interface Endpoint {
  readonly region?: string
  readonly interface?: string
  readonly url?: string
  readonly publicURL?: string
}
/** Version 2 has the catalogue in `access.serviceCatalog`, version 3 in `token.catalog`. */
type Catalogue = readonly { readonly type?: string; readonly endpoints?: readonly Endpoint[] }[]
interface KeystoneAnswer {
  readonly access?: { readonly token?: { readonly id?: string }; readonly serviceCatalog?: Catalogue }
  readonly token?: { readonly catalog?: Catalogue }
}

/** Logs in: TempAuth, Keystone v2 or v3. @throws AppError `store_failed`. */
export async function logIn(settings: SwiftSettings, exchange: Exchange): Promise<SwiftLogin> {
  const { name, version } = settings
  const response = await exchange({ action: 'log in', request: async () => loginRequest(settings) })
  const { headers } = response
  const answer = version === '1' ? {} : ((await readJson(name, response)) as KeystoneAnswer) // every member may be missing, and readAnswer bears all else
  const [token, storage] = readAnswer(
    name,
    {
      1: () => [headers.get('X-Auth-Token'), headers.get('X-Storage-Url')],
      2: () => [answer.access?.token?.id, endpointIn(answer.access?.serviceCatalog, settings)],
      3: () => [headers.get('X-Subject-Token'), endpointIn(answer.token?.catalog, settings)],
    }[version],
  )
  if (!token) throw storeFailed(name, 'gave no token')
  if (!storage || !URL.canParse(storage)) throw storeFailed(name, 'named no address of an object store for the region')
  return { token, storage: storage.replace(/\/$/, '') }
}

function loginRequest({ authUrl, version, user, password, isApiKey, project, domain }: SwiftSettings): Request {
  const url = authUrl.replace(/\/$/, '')
  if (version === '1') return new Request(url, { headers: { 'X-Auth-User': user, 'X-Auth-Key': password } })
  const post = (path: string, body: object): Request =>
    new Request(url + path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  if (version === '2') {
    const credentials = isApiKey
      ? { 'RAX-KSKEY:apiKeyCredentials': { username: user, apiKey: password } }
      : { passwordCredentials: { username: user, password } }
    return post('/tokens', { auth: { ...credentials, ...(project !== undefined && { tenantName: project }) } })
  }
  const identity = { methods: ['password'], password: { user: { name: user, password, domain: { name: domain } } } }
  return post('/auth/tokens', {
    auth: { identity, ...(project !== undefined && { scope: { project: { name: project, domain: { name: domain } } } }) },
  })
}

function endpointIn(catalogue: Catalogue | undefined, { region }: SwiftSettings): string | undefined {
  const endpoints = catalogue?.filter(({ type }) => type === 'object-store').flatMap((service) => service.endpoints ?? []) ?? []
  const isPublic = (endpoint: Endpoint): boolean => (endpoint.interface ?? 'public') === 'public'
  const found = endpoints.find((endpoint) => isPublic(endpoint) && (region === undefined || endpoint.region === region))
  return found?.url ?? found?.publicURL
}
