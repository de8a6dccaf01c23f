import { createS3Store } from '../../../src/adapters/stores/s3.ts'
import { objectStoreContract } from '../../contracts/object-store.ts'
import { S3RVER_KEYS, startS3rver } from '../../support/stores/servers.ts'

const wait = async (): Promise<void> => undefined

objectStoreContract('S3 with s3rver', {
  container: 'pictures',
  start: () => startS3rver('pictures'),
  make: ({ url }) =>
    createS3Store({ name: 's3', endpoint: url, region: 'us-east-1', pathStyle: true, sessionToken: undefined, ...S3RVER_KEYS }, wait),
  keeps: ['mime', 'fileName', 'mark'],
  // It takes any secret, does not know how to abort, and makes its tokens of pages with DES, which Node no longer has.
  lacks: ['secrets', 'abort', 'copies of other alphabets', 'pages'],
  codes: { secret: /./, container: /^store_failed: The store "s3" answered 404 NoSuchBucket\.$/ },
})
