import { setTimeout } from 'node:timers/promises'
import { createS3Store } from '../../../../src/adapters/stores/s3.ts'
import { CommandError, quoted, UsageError } from '../usage/errors.ts'
import type { MigratedFile } from './file.ts'

type Environment = Readonly<Record<string, string | undefined>>

const ADDRESS = /^s3:\/\/([a-z0-9][\w.-]{1,62})(?:\/(.*))?$/i
/** Of the bucket's list. */
const PAGE = 1000

export const isBucket = (source: string): boolean => source.startsWith('s3://')

/** The objects of `s3://bucket/folder`, with the variables that `aws` has. @throws UsageError. */
export async function filesOfBucket(source: string, to: string, env: Environment): Promise<readonly MigratedFile[]> {
  const [, bucket, folder = ''] = ADDRESS.exec(source) ?? []
  if (bucket === undefined) throw new UsageError(`Expected a bucket such as s3://pictures/2024, received ${quoted(source)}.`)
  const store = createS3Store(settingsOf(bucket, env), (milliseconds) => setTimeout(milliseconds))
  const prefix = folder === '' || folder.endsWith('/') ? folder : `${folder}/`
  const files: MigratedFile[] = []
  for (let from: string | null | undefined; from !== null;) {
    const page = await store.list(bucket, { prefix, limit: PAGE, ...(from !== undefined && { from }) })
    for (const { key, size } of page.objects)
      // A key with a slash at its end is a folder that somebody made.
      if (!key.endsWith('/'))
        files.push({
          name: `s3://${bucket}/${key}`,
          path: `${to}/${key.slice(prefix.length)}`,
          size,
          open: async () => {
            const object = await store.open(bucket, key)
            if (!object) throw new CommandError('The object is not there any more.')
            const blob = await new Response(object.body).blob()
            return new Blob([blob], { type: object.info.mime ?? '' })
          },
        })
    from = page.next
  }
  return files
}

function settingsOf(bucket: string, env: Environment) {
  const needed = (name: string): string => {
    const value = env[name]
    if (!value)
      throw new UsageError(`Expected the credentials of the bucket in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, received no ${name}.`)
    return value
  }
  const own = env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL']
  if (own && (!/^https?:/.test(own) || !URL.canParse(own)))
    throw new UsageError(`Expected a URL in AWS_ENDPOINT_URL, received ${quoted(own)}.`)
  const region = env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || 'us-east-1'
  return {
    name: bucket,
    endpoint: own || `https://s3.${region}.amazonaws.com`,
    region,
    // A dot in a bucket's name fits no certificate.
    pathStyle: Boolean(own) || bucket.includes('.'),
    accessKeyId: needed('AWS_ACCESS_KEY_ID'),
    secretAccessKey: needed('AWS_SECRET_ACCESS_KEY'),
    sessionToken: env['AWS_SESSION_TOKEN'] || undefined,
  }
}
