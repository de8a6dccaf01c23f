import type { Spell } from '../../explain/spellings.ts'
import { printImageQuery } from './image-query/print.ts'
import { encodePath } from '../../encode-path.ts'

/** The image URL of a plan. */
export const spellImageUrl: Spell = ({ account, path, plan }) => {
  const { words, reason } = printImageQuery(plan)
  if (!words) return { reason: reason ?? '' }
  const query = words.query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
  const url = `/${account}/image${encodePath(path)}${query === '' ? '' : `?${query}`}`
  return { method: 'GET', url, ...(words.accept !== null && { accept: words.accept }) }
}
