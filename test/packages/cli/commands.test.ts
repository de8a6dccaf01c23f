import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../../packages/cli/src/commands/table.ts'
import { rewriteUrls } from '../../../packages/cli/src/migrate/rewrite.ts'
import { translated } from '../../../packages/cli/src/commands/translate.ts'
import { run } from '../../../packages/cli/src/run.ts'
import { readWords } from '../../../packages/cli/src/usage/options.ts'
import { fakeTerminal } from './terminal.ts'

const HERE = { EMULSION_URL: 'http://127.0.0.1:1', EMULSION_API_KEY: 'secret_Emu1s1nAAAA', EMULSION_BATCH_SECRET: 'b' }

async function ended(argv: readonly string[], env: Readonly<Record<string, string>> = HERE) {
  const { terminal, out, err } = fakeTerminal({ env })
  return { code: await run(argv, terminal), out: out.join('\n'), err: err.join('\n') }
}

describe('every command', () => {
  it.each(Object.keys(COMMANDS))('%s has a help, and refuses what it does not know', async (name) => {
    expect(await ended([name, '--help'])).toMatchObject({ code: 0, out: expect.stringContaining(`emulsion ${name} `), err: '' })
    expect(await ended([name, '--no-such-option'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--no-such-option is not known'),
    })
  })

  it.each(Object.keys(COMMANDS).filter((name) => name !== 'ls'))('%s wants operands', async (name) => {
    expect(await ended([name])).toMatchObject({ code: 2, err: expect.stringMatching(/Expected .*received/) })
  })
})

it.each([
  [['rendr'], {}, 'Did you mean render?'],
  [['ls'], {}, 'Expected the URL of the service as --url or in EMULSION_URL'],
  [['ls'], { EMULSION_URL: 'ftp://a' }, 'Expected a URL such as https://images.example.com, received "ftp://a".'],
  [['ls'], { EMULSION_URL: 'http://a' }, 'Expected a key as --key or in EMULSION_API_KEY'],
  [['watch', 'p'], { EMULSION_URL: 'http://a' }, 'Expected the secret of a batch service'],
  [['rm', 'a.jpg'], HERE, 'Expected a path that begins with "/", received "a.jpg".'],
  [['sign', 'https://a/b'], {}, 'Expected a key as --secure-url-key or in EMULSION_SECURE_URL_KEY'],
  [['migrate', 's3://pictures'], HERE, 'received no AWS_ACCESS_KEY_ID.'],
  [['migrate', 's3://'], HERE, 'Expected a bucket such as s3://pictures/2024, received "s3://".'],
  [['completion', 'tcsh'], {}, 'Expected bash, zsh, fish, received "tcsh".'],
])('%j is a wrong command line', async (argv, env, sentence) => {
  expect(await ended(argv, env)).toMatchObject({ code: 2, err: expect.stringContaining(sentence) })
})

it('a service that does not answer is a failure', async () => {
  const { terminal, err } = fakeTerminal({ env: HERE })
  expect(await run(['purge', '/image/a.jpg', '--json'], terminal)).toBe(1)
  expect(err).toEqual([])
}, 20_000)

it('options keep their order, and those behind -- are none', () => {
  const options = [{ name: 'w', value: 'a number', aliases: ['width'] }, { name: 'flip' }]
  expect(readWords(['--width', '-5', 'a', '--flip', '-w3', '--no-flip', '--', '-w'], options)).toEqual({
    given: [
      ['w', '-5'],
      ['flip', 'true'],
      ['w', '3'],
      ['flip', 'false'],
    ],
    operands: ['a', '-w'],
  })
})

describe('translate', () => {
  it('prints our URL, and tells what is lost', async () => {
    const exact = await ended(['translate', 'https://example.imgix.net/a.jpg?w=640'], {})
    expect(exact).toMatchObject({ code: 0, out: expect.stringMatching(/^\/Emu1s1n\/image\/a\.jpg\?.*w=640/), err: '' })
    const lossy = await ended(['translate', 'https://example.imgix.net/a.jpg?w=640&no-such=1'], {})
    expect(lossy).toMatchObject({ code: 0, err: expect.stringContaining('lost: no-such: ') })
    expect(await ended(['translate', 'https://nobody.example/a.jpg'], {})).toMatchObject({
      code: 1,
      err: expect.stringContaining('Expected the URL of one of'),
    })
  })

  it('exchanges in texts what says the same, and nothing else', () => {
    const foreign = (url: string) => (url.includes('imgix.net') ? translated(url, 'Emu1s1n') : null)
    const html =
      '<img src="https://e.imgix.net/a.jpg?w=10&amp;h=20&amp;fit=crop"> (https://e.imgix.net/b.jpg?no-such=1) https://other.example/c.jpg'
    const { text, changed, kept } = rewriteUrls(html, 'https://ours.example', foreign)
    const ours = foreign('https://e.imgix.net/a.jpg?w=10&h=20&fit=crop')?.url ?? ''
    expect(text).toBe(
      html.replace('https://e.imgix.net/a.jpg?w=10&amp;h=20&amp;fit=crop', `https://ours.example${ours.replaceAll('&', '&amp;')}`),
    )
    expect({ changed, kept: kept.map(({ url }) => url) }).toEqual({ changed: 1, kept: ['https://e.imgix.net/b.jpg?no-such=1'] })
  })
})

describe('completion', () => {
  it('of bash completes commands, options and words', async () => {
    const { out } = await ended(['completion', 'bash'], {})
    const complete = (...words: string[]): string => {
      const script = `${out}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _emulsion; echo "\${COMPREPLY[@]}"`
      const { status, stdout } = spawnSync('bash', ['-euc', script], { encoding: 'utf8' })
      expect(status).toBe(0)
      return stdout.trim()
    }
    expect(complete('emulsion', 'mi')).toBe('migrate')
    expect(complete('emulsion', 'render', '--gray')).toBe('--grayscale')
    expect(complete('emulsion', 'render', '-f', 'we')).toBe('webp')
  })

  it.each(['zsh', 'fish'])('of %s names every command', async (shell) => {
    const { out } = await ended(['completion', shell], {})
    for (const name of Object.keys(COMMANDS).filter((each) => each !== 'completion')) expect(out).toContain(name)
  })
})
