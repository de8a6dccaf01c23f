import { readProfile, signatureAt, viewOf } from './profile.ts'

/** Longer names are cut. */
const MOST_CHARACTERS = 100
/** Translations that are looked at: a bound on work. */
const MOST_RECORDS = 200

/** What a profile calls itself (ICC.1:2022 §9.2.41): of translations the English one, or the first. `null` without a name. */
export function profileName(bytes: Uint8Array): string | null {
  const tag = readProfile(bytes)?.tag('desc')
  if (!tag || tag.length < 12) return null
  const text = signatureAt(tag, 0) === 'mluc' ? localised(tag) : signatureAt(tag, 0) === 'desc' ? described(tag) : ''
  const shown = [...text.toWellFormed().replaceAll(/\p{C}+/gu, ' ')].slice(0, MOST_CHARACTERS).join('').trim()
  return shown === '' ? null : shown
}

/** `textDescriptionType` of version 2 (ICC.1:2001 §6.5.17): a count, and as many letters up to a zero. */
function described(tag: Uint8Array): string {
  const letters = tag.subarray(12, 12 + Math.min(viewOf(tag).getUint32(8), 4 * MOST_CHARACTERS))
  const end = letters.indexOf(0)
  return String.fromCharCode(...(end < 0 ? letters : letters.subarray(0, end)))
}

/** `multiLocalizedUnicodeType` (§10.15): records of language, country, length and offset, then texts of UTF-16. */
function localised(tag: Uint8Array): string {
  const view = viewOf(tag)
  const size = tag.length < 16 ? 0 : view.getUint32(12)
  if (size < 12) return ''
  const count = Math.min(view.getUint32(8), MOST_RECORDS, Math.floor((tag.length - 16) / size))
  const starts = Array.from({ length: count }, (_, i) => 16 + i * size)
  const record = starts.find((at) => signatureAt(tag, at).startsWith('en')) ?? starts[0]
  if (record === undefined) return ''
  const [length, offset] = [view.getUint32(record + 4), view.getUint32(record + 8)]
  if (offset + length > tag.length) return ''
  const units = Math.min(length >> 1, 2 * MOST_CHARACTERS)
  const text = String.fromCharCode(...Array.from({ length: units }, (_, i) => view.getUint16(offset + 2 * i)))
  return text.split('\0')[0] ?? ''
}
