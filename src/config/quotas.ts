import * as z from 'zod'

const count = (meaning: string) => z.int().min(0).optional().describe(meaning)

/** What the pictures may take that requests make. */
export const quotasSchema = z.strictObject({
  rendersPerMinute: count('Pictures that are made in a minute of the clock.'),
  rendersPerMonth: count('Pictures that are made in a month of UTC.'),
  cpuMsPerMinute: count('Milliseconds of computing in a minute.'),
  cpuMsPerMonth: count('Milliseconds of computing in a month.'),
})
