import type { RandomBytes } from '../ports.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const LENGTH = 20
/** Bytes from here on would make the first characters likelier. */
const FAIR = Math.floor(256 / ALPHABET.length) * ALPHABET.length

/** 20 characters of `A-Za-z0-9`, each as likely as any other: 119 bits (docs/protocols/filestack.md §2). */
export function newHandle(random: RandomBytes): string {
  let handle = ''
  while (handle.length < LENGTH) {
    for (const byte of random(LENGTH)) if (byte < FAIR && handle.length < LENGTH) handle += ALPHABET[byte % ALPHABET.length]
  }
  return handle
}

export const isHandle = (text: string): boolean => /^[A-Za-z0-9]{20}$/.test(text)
