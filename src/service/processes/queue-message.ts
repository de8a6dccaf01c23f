import * as z from 'zod'
import type { JobMessage } from './ports.ts'

const jobMessage = z.object({ process: z.string(), run: z.int(), jobs: z.array(z.int()) })

/** `null` for a message of any other form. */
export const readJobMessage = (message: unknown): JobMessage | null => jobMessage.safeParse(message).data ?? null
