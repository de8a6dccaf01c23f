import { cloudflare } from './cloudflare.ts'
import type { Door } from './door.ts'
import { ipx } from './ipx.ts'
import { netlify } from './netlify.ts'
import { next, vercel } from './optimizer.ts'

/** One line a door. */
export const DOORS: readonly Door[] = [ipx, vercel, next, netlify, cloudflare]
