import { differs, type ForeignService, lost, type Verdict } from '../foreign.ts'
import type { Sheet } from '../sheet.ts'
import { decoded, fileAt } from '../source.ts'
import { WORDS } from './imgix-words.ts'
import { partOf } from './near.ts'

const HOST = /\.imgix\.(net|video|com)$/

/** imgix. Source: docs.imgix.com/apis/rendering. */
export const imgix: ForeignService = {
  recognises: ({ hostname }) => HOST.test(hostname),
  open: (url) => ({
    source: imageOf(url),
    parameters: [...url.searchParams].map(([name, value]) => ({ name, value })),
  }),
  defaults: { turns: 'size, mirror, rotate', output: { format: 'source', quality: 75 } },
  words: WORDS,
  settle,
}

/** A web proxy source has a whole address as its path. */
function imageOf({ pathname }: URL) {
  const address = /^\/(https?(?::|%3A).*)$/i.exec(pathname)?.[1]
  const url = address === undefined ? null : decoded(address)
  return url !== null && URL.canParse(url) ? fileAt(new URL(url).pathname, url) : fileAt(pathname)
}

function settle(sheet: Sheet, given: ReadonlyMap<string, string>): Readonly<Record<string, Verdict>> {
  const told: Record<string, Verdict> = {}
  if (given.has('corner-radius') && given.get('mask') !== 'corners') sheet.radius = given.has('mask') ? sheet.radius : undefined
  if (sheet.aspect !== undefined && (sheet.width ?? sheet.height) === undefined) {
    if (sheet.fit !== 'crop' || sheet.window) told['ar'] = lost('An aspect ratio needs one side beside it.')
    else {
      const place = sheet.position === 'smart' || sheet.position === 'smart-entropy' ? 'center' : sheet.position
      sheet.window = { ...partOf(sheet.aspect), position: place }
      if (place !== sheet.position) told['crop'] = differs('A cut that is not scaled is centred.')
    }
  } else if (sheet.aspect !== undefined && sheet.fit !== 'crop')
    told['ar'] = differs('The ratio makes a box of the side; what fit does in it is done.')
  if (sheet.most && (sheet.fit !== 'crop' || sheet.degrees % 360 !== 0)) {
    sheet.most = undefined
    for (const name of ['max-w', 'max-h']) told[name] = lost('It counts with fit=crop, and without a turn.')
  }
  if (given.has('fill-color') && sheet.fit !== 'pad') told['fill-color'] = differs('It is shown below all that is transparent.')
  return told
}
