import type { Call } from '../call.ts'
import { refuse } from '../codes.ts'
import { answerXml } from '../xml/write.ts'
import { ownerOf } from './list.ts'

/** ListBuckets: the account is the only one that its keys see. Accounts have no date. */
export const answerBuckets = (account: string): Response =>
  answerXml('ListAllMyBucketsResult', {
    Owner: ownerOf(account),
    Buckets: { Bucket: { Name: account, CreationDate: new Date(0).toISOString() } },
  })

/** HeadBucket. */
export const answerHeadBucket = (): Response =>
  new Response(null, { headers: { 'x-amz-bucket-region': 'us-east-1', 'Cache-Control': 'no-store' } })

/** GetBucketLocation. Empty means us-east-1. */
export const answerLocation = (): Response => answerXml('LocationConstraint', {})

/** CreateBucket: accounts are made in the settings. */
export function answerCreateBucket({ account }: Call): never {
  throw refuse('BucketAlreadyOwnedByYou', `The bucket ${account} is there, and you own it.`)
}
