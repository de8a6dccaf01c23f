import { createSwiftStore } from '../../src/adapters/stores/swift.ts'
import { filestackLocationContract } from '../contracts/filestack-location.ts'
import { makeSwiftContainer, startSwift, SWIFT_USER } from './support/swift.ts'

const wait = async (): Promise<void> => undefined

filestackLocationContract({
  location: 'rackspace',
  container: 'pictures',
  store: 'swift',
  async start() {
    const server = await startSwift()
    await makeSwiftContainer(server.url, 'pictures')
    return server
  },
  variables: ({ url }) => ({
    EMULSION_SWIFT_AUTH_URL: `${url}/auth/v1.0`,
    EMULSION_SWIFT_USER: SWIFT_USER.user,
    EMULSION_SWIFT_PASSWORD: SWIFT_USER.key,
    EMULSION_SWIFT_CONTAINER: 'pictures',
  }),
  make: ({ url }) =>
    createSwiftStore(
      {
        name: 'swift',
        authUrl: `${url}/auth/v1.0`,
        version: '1',
        user: SWIFT_USER.user,
        password: SWIFT_USER.key,
        isApiKey: false,
        domain: 'Default',
      },
      wait,
    ),
  keepsTypes: true,
  canPublish: false,
})
