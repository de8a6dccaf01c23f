import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseImageQuery } from '../../../../src/http/dialects/bytescale/image-query/parse.ts'
import type { Door } from '../../../../src/http/dialects/frameworks/door.ts'
import { DOORS } from '../../../../src/http/dialects/frameworks/doors.ts'
import { resolveSource } from '../../../../src/http/dialects/frameworks/source.ts'
import { FRAMEWORK_SPELLERS } from '../../../../src/http/dialects/frameworks/spell.ts'
import type { Spelling } from '../../../../src/http/explain/spellings.ts'
import { canonical, type TransformPlan } from '../../../../src/image/plan.ts'
import { query } from '../../../support/wishes/queries.ts'

const [ACCOUNT, PATH] = ['Emu1s1n', '/a b/ü,%2.jpg']
const planOf = (text: string, accept?: string): TransformPlan => parseImageQuery([...new URLSearchParams(text)], accept).plan

/** What the door reads of a URL that is told. */
function readAgain(door: Door, { url, accept }: Extract<Spelling, { url: string }>): TransformPlan {
  const { pathname, searchParams } = new URL(url, 'https://pics.example.com')
  const prefix = `/${ACCOUNT}${door.route.replace(/\*$/, '')}`
  expect(pathname.startsWith(prefix)).toBe(true)
  const wish = door.read(pathname.slice(prefix.length), [...searchParams], accept)
  expect(resolveSource(wish.source, { account: ACCOUNT, host: 'pics.example.com', mounts: [] })).toBe(PATH)
  expect(wish.query).toEqual([])
  return wish.plan
}

/** Which doors have words for it. */
const told = async (plan: TransformPlan): Promise<readonly string[]> => {
  const names: string[] = []
  for (const door of DOORS) {
    const spelling = await FRAMEWORK_SPELLERS[door.name]?.({ account: ACCOUNT, path: PATH, plan })
    if (spelling && 'url' in spelling) {
      expect(canonical(readAgain(door, spelling)), spelling.url).toBe(canonical(plan))
      names.push(door.name)
    } else expect(spelling?.reason).toMatch(/./)
  }
  return names
}

const ALL = ['ipx', 'vercel', 'next', 'netlify', 'cloudflare']
const WISHES: readonly (readonly [query: string, doors: readonly string[], accept?: string | undefined])[] = [
  ['w=40&fit=shrink&f=auto&q=75', ALL, undefined],
  ['w=40&fit=shrink&f=auto&q=75', ALL, 'image/webp'],
  ['w=40&fit=shrink&f=auto&q=75', ALL, 'image/avif,image/webp'],
  ['w=40&fit=shrink&f=png', ['ipx', 'netlify', 'cloudflare']],
  ['w=40&h=30&fit=aspect-crop&crop=left&f=webp&anim=false', ['ipx', 'cloudflare']],
  ['w=40&h=30&fit=aspect-crop&crop=top-left&f=jpg', ['ipx', 'cloudflare']],
  ['w=40&h=30&fit=aspect-crop&crop=top&f=jpg', ['ipx', 'netlify', 'cloudflare']],
  ['w=40&h=30&fit=crop&f=jpg', ['ipx', 'cloudflare']],
  ['w=40&h=30&fit=stretch&f=jpg', ['ipx', 'netlify', 'cloudflare']],
  ['w=40&h=30&fit=min&f=jpg', ['ipx']],
  ['w=40&f=jpg', ['ipx', 'cloudflare']],
  ['w=40&h=30&fit=pad&f=jpg', ['ipx', 'cloudflare']],
  ['crop-x=1&crop-y=2&crop-w=30&crop-h=40&f=jpg', ['ipx']],
  ['rotate=90&w=40&fit=shrink&f=jpg', ['ipx', 'cloudflare']],
  ['blur=4&f=jpg', ['ipx', 'cloudflare']],
  ['median=3&grayscale=true&negate=true&f=png', ['ipx']],
  ['metadata=keep&w=40&fit=shrink&f=jpg', ['cloudflare']],
  ['w=40&border-radius=4', []],
  ['f=json', []],
]

describe('an explanation tells the equal URL of a door', () => {
  it.each(WISHES.map(([text, doors, accept]) => ({ text, doors, accept })))('$text: $doors', async ({ text, doors, accept }) =>
    expect(await told(planOf(text, accept))).toEqual(doors),
  )

  it('only where the door reads it as the same plan', () =>
    fc.assert(
      fc.asyncProperty(query, async (entries) => {
        let plan: TransformPlan
        try {
          plan = parseImageQuery(entries).plan
        } catch {
          return
        }
        expect(ALL).toEqual(expect.arrayContaining([...(await told(plan))]))
      }),
      { numRuns: 300, seed: 17 },
    ))
})
