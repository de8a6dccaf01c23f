import { expect, it } from 'vitest'
import { mergeParameters } from '../../../../../src/http/dialects/bytescale/cdn/merge-parameters.ts'

it('keeps the layers of the earlier place below those of the later one, and lets the later place win elsewhere', () => {
  const earlier = [
    ['w', '100'],
    ['q', '70'],
    ['text', 'below'],
    ['color', 'ff0000'],
  ] as const
  const later = [
    ['w', '200'],
    ['image', '/above.png'],
    ['gravity', 'top'],
  ] as const
  expect(mergeParameters(earlier, later)).toEqual([
    ['q', '70'],
    ['w', '200'],
    ['text', 'below'],
    ['color', 'ff0000'],
    ['image', '/above.png'],
    ['gravity', 'top'],
  ])
})
