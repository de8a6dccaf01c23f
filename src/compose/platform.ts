import { ulid } from 'ulid'
import type { Log, Wait } from '../service/ports.ts'

/** What the runtime gives to the services: time, chance, hashes and the log. */

export const clock = { now: () => Date.now() }

export const random = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count))

/** 26 characters that sort by time. */
export const newJobId = (): string => ulid()

/** SHA-256 in hexadecimal digits. */
export const hash = (text: string): Promise<string> => hashBytes(new TextEncoder().encode(text))

export async function hashBytes(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export const wait: Wait = (milliseconds) => scheduler.wait(milliseconds)

/** Calls `work` again and again until `stop`. */
export function every(milliseconds: number, work: () => void): { stop(): void } {
  const timer = setInterval(work, milliseconds)
  return { stop: () => clearInterval(timer) }
}

/** One JSON object a line. */
export const log: Log = ({ level = 'info', ...entry }) => {
  const line = JSON.stringify({ level, ...entry })
  if (level === 'error') console.error(line)
  else console.log(line)
}
