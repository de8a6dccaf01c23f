/** Base58, as the SDK demands of an account id: no 0, O, I or l. */
export const ACCOUNT_ID_PATTERN = '[1-9A-HJ-NP-Za-km-z]{7}'
export const isAccountId = (text: string): boolean => new RegExp(`^${ACCOUNT_ID_PATTERN}$`).test(text)
