import { describe, expect, it } from 'vitest'
import { readFileLimits, warnOfFileLimit } from '../../src/local/file-limit.ts'

const limits = (hard: string): string => `Limit                     Soft Limit           Hard Limit           Units
Max processes             100                  100                  processes
Max open files            1024                 ${hard.padEnd(20)} files
`

describe('the limit of open files', () => {
  it.each(['4096', '1048576', 'unlimited'])('is high enough: %s', (hard) => expect(warnOfFileLimit(limits(hard))).toBeNull())
  it.each([
    ['1024', 341],
    ['4095', 1365],
  ])('is low: %s', (hard, objects) => {
    expect(warnOfFileLimit(limits(hard))).toContain(`about ${objects} uploads`)
    expect(warnOfFileLimit(limits(hard))).toContain(`open ${hard} files`)
  })
  it('is not known everywhere', () => expect(warnOfFileLimit('')).toBeNull())
  it.runIf(process.platform === 'linux')('is read on Linux', () => expect(readFileLimits()).toMatch(/^Max open files +\d+/m))
})
