import { createS3Store } from '../../src/adapters/stores/s3.ts'
import { objectStoreContract } from '../contracts/object-store.ts'
import { makeSwiftContainer, startSwift, SWIFT_USER } from './support/swift.ts'

const wait = async (): Promise<void> => undefined

objectStoreContract("S3 with Swift's S3 API", {
  container: 'pictures',
  async start() {
    const server = await startSwift()
    await makeSwiftContainer(server.url, 'pictures')
    return server
  },
  make({ url }, change) {
    const secretAccessKey = change === undefined ? SWIFT_USER.key : 'wrong-secret'
    const keys = { accessKeyId: SWIFT_USER.user, secretAccessKey, sessionToken: undefined }
    return createS3Store({ name: 'swift-s3', endpoint: url, region: 'us-east-1', pathStyle: true, ...keys }, wait)
  },
  keeps: ['mime', 'fileName', 'mark'],
  codes: {
    secret: /^store_failed: The store "swift-s3" answered 403 SignatureDoesNotMatch\.$/,
    container: /^store_failed: The store "swift-s3" answered 404 NoSuchBucket\.$/,
  },
})
