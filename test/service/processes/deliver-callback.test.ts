import { createHmac, timingSafeEqual } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createCallbacks, readRetryAfter, type PostCallback } from '../../../src/service/processes/deliver-callback.ts'
import { DEFAULT_POLICY } from '../../../src/service/processes/policy.ts'
import type { ProcessDefinition } from '../../../src/service/processes/record.ts'
import { initialState, reduce } from '../../../src/service/processes/state.ts'
import { readWebhookSecret, webhookHeaders } from '../../../src/service/processes/webhook-signature.ts'

const hmac = (key: Uint8Array, text: string): Promise<Uint8Array> =>
  Promise.resolve(new Uint8Array(createHmac('sha256', key).update(text).digest()))

describe('Standard Webhooks', () => {
  it('signs as the specification’s own example does', async () => {
    // The test vector of the reference libraries of Standard Webhooks.
    const key = readWebhookSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
    const headers = await webhookHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}', key ? [key] : [], hmac)
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
  })

  it('signs with every key while they are rotated, and with none says nothing of a signature', async () => {
    const keys = [1, 2].map((fill) => new Uint8Array(32).fill(fill))
    const { 'webhook-signature': signatures = '' } = await webhookHeaders('msg_1', 1, 'body', keys, hmac)
    const given = signatures.split(' ').map((signature) => Buffer.from(signature.slice(3), 'base64'))
    expect(
      given.map((signature, i) =>
        timingSafeEqual(
          signature,
          createHmac('sha256', keys[i] ?? '')
            .update('msg_1.1.body')
            .digest(),
        ),
      ),
    ).toEqual([true, true])
    expect(Object.keys(await webhookHeaders('msg_1', 1, 'body', [], hmac))).toEqual(['webhook-id', 'webhook-timestamp'])
  })

  it.each([
    ['24 bytes', `whsec_${Buffer.alloc(24).toString('base64')}`, 24],
    ['64 bytes', `whsec_${Buffer.alloc(64).toString('base64')}`, 64],
    ['too few', `whsec_${Buffer.alloc(23).toString('base64')}`, undefined],
    ['too many', `whsec_${Buffer.alloc(65).toString('base64')}`, undefined],
    ['no prefix', Buffer.alloc(32).toString('base64'), undefined],
    ['no base64', 'whsec_%%%', undefined],
    ['a length that base64 does not have', 'whsec_AAAAA', undefined],
  ])('a secret of %s', (_, secret, length) => {
    expect(readWebhookSecret(secret)?.length).toBe(length)
  })
})

const definition: ProcessDefinition = {
  id: 'Fcl_b6psriLi7lBYAshhp',
  kind: 'batch',
  name: '',
  owner: { account: 'Emu1s1n', service: 1 },
  jobs: [{ type: 'render', params: null, group: '' }],
  callback: 'http://127.0.0.1:9000/hook',
  fingerprint: null,
  requestId: 'r',
  createdAt: 0,
}
const state = reduce(initialState(definition), { type: 'cancel' }, { definition, policy: DEFAULT_POLICY, at: 1000 }).state

describe('a delivery', () => {
  const deliverWith = (post: PostCallback, allowHosts: readonly string[] = ['127.0.0.1:9000']) =>
    createCallbacks({
      post,
      hmac,
      clock: { now: () => 5_000 },
      allowHosts,
      keysOf: () => [],
      bodyOf: ({ definition: { id } }) => ({ process_id: id }),
      observe: () => undefined,
    })({ definition, state })

  it('posts the body with the id of the run, and 10 s to answer', async () => {
    const calls: unknown[] = []
    await deliverWith((url, headers, body, timeoutMs) => {
      calls.push([url.href, headers['webhook-id'], headers['webhook-timestamp'], body, timeoutMs])
      return Promise.resolve({ status: 200, retryAfter: null })
    })
    expect(calls).toEqual([
      ['http://127.0.0.1:9000/hook', 'msg_Fcl_b6psriLi7lBYAshhp_1', '5', '{"process_id":"Fcl_b6psriLi7lBYAshhp"}', 10_000],
    ])
  })

  it('never calls an address that is no longer allowed, and does not try again', async () => {
    const outcome = await deliverWith(() => Promise.reject(new Error('called')), [])
    expect(outcome).toMatchObject({ status: null, final: true, error: expect.stringContaining('public address') as string })
  })

  it('answers what went wrong instead of throwing', async () => {
    expect(await deliverWith(() => Promise.reject(new Error('timed out')))).toEqual({
      status: null,
      error: 'timed out',
      retryAfterMs: null,
      final: false,
    })
  })
})

it.each([
  [null, null],
  ['120', 120_000],
  [' 7 ', 7000],
  ['Thu, 01 Jan 1970 00:01:40 GMT', 95_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['soon', null],
  ['-5', null],
])('Retry-After %j is %j ms', (text, expected) => {
  expect(readRetryAfter(text, 5000)).toBe(expected)
})
