import type { Context } from 'hono'
import * as z from 'zod'
import { AppError } from '../../errors.ts'
import { readJsonBody } from '../json-body.ts'
import { MOST_URL_LENGTH, SERVICE_NAMES, translate } from './translate.ts'

const MAX_BODY_BYTES = 32_768

export const translateBody = z.strictObject({
  url: z.string().min(1).max(MOST_URL_LENGTH).describe('Of a picture of another service.'),
  service: z.enum(SERVICE_NAMES).optional().describe('Whose URL it is; told by its host and shape when absent.'),
  account: z.string().max(20).optional().describe('Whose URL is answered; the first account when absent.'),
})

/**
 * `POST /-/translate`: a URL of another service in our words. It needs no credentials, for nothing of an account is told.
 * @param accounts the ids of all accounts.
 * @throws AppError `invalid_body`, `invalid_parameter`, `invalid_path`.
 */
export async function answerTranslate(c: Context, accounts: ReadonlySet<string>): Promise<Response> {
  const { url, service, account: named } = await readJsonBody(c, translateBody, MAX_BODY_BYTES)
  const account = named ?? [...accounts][0] ?? ''
  if (!accounts.has(account))
    throw new AppError('invalid_parameter', { field: 'account', reason: `The account ${JSON.stringify(account)} does not exist.` })
  return c.json(translate(url, { account, service }), 200, { 'Cache-Control': 'no-store' })
}
