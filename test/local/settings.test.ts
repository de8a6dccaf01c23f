import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { banner } from '../../src/local/banner.ts'
import { checkPort } from '../../src/local/port.ts'
import { readLocalSettings, withGeneratedKeys, type LocalSettings } from '../../src/local/settings.ts'

describe('the environment', () => {
  it.each([
    ['PORT', '', 'PORT is empty'],
    ['PORT', ' ', 'PORT is empty'],
    ['PORT', '65536', 'PORT: expected a whole number from 0 to 65535, received "65536"'],
    ['PORT', '-1', 'PORT: expected a whole number'],
    ['PORT', '80.5', 'PORT: expected a whole number'],
    ['PORT', '0x50', 'PORT: expected a whole number'],
    ['PORT', '8787 ', 'PORT: expected a whole number'],
    ['HOST', '', 'HOST is empty'],
    ['EMULSION_STATE', '', 'EMULSION_STATE is empty'],
    ['EMULSION_ACCOUNT_ID', '', 'EMULSION_ACCOUNT_ID is empty'],
    ['EMULSION_ACCOUNT_ID', 'l0O', 'EMULSION_ACCOUNT_ID: expected 7 base58 characters, received "l0O"'],
    ['EMULSION_RENDERERS', '', 'EMULSION_RENDERERS is empty'],
    ['EMULSION_RENDERERS', '65', 'EMULSION_RENDERERS: expected a whole number from 0 to 64'],
    ['EMULSION_BATCH_REQUESTS_PER_MINUTE', 'many', 'EMULSION_BATCH_REQUESTS_PER_MINUTE: expected a whole number'],
  ])('%s=%j is an error that names it', (name, value, message) => {
    expect(() => readLocalSettings({ [name]: value })).toThrow(message)
  })

  it('may be empty', () => {
    expect(readLocalSettings({})).toMatchObject({ host: '127.0.0.1', port: 8787, batchRequestsPerMinute: undefined })
  })

  it('makes pixels in a process for each core but one, at least in one, or in as many as it says', () => {
    expect(readLocalSettings({}).renderers).toBe(Math.max(1, availableParallelism() - 1))
    expect(readLocalSettings({ EMULSION_RENDERERS: '0' }).renderers).toBe(0)
  })
})

describe('a port', () => {
  it('that is in use is an error with the variable to set', async () => {
    const server = createServer()
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    const { port } = server.address() as { port: number }
    await expect(checkPort('127.0.0.1', port)).rejects.toThrow(new RegExp(`Port ${port} of 127.0.0.1 is in use.* PORT=\\d+ npm start`))
    await new Promise((done) => server.close(done))
    await expect(checkPort('127.0.0.1', port)).resolves.toBeUndefined()
  })

  it('of a host that is not here is an error that names HOST', async () => {
    await expect(checkPort('203.0.113.1', 0)).rejects.toThrow('HOST: the server cannot listen on "203.0.113.1"')
  })
})

describe('generated keys', () => {
  let folder: string
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'emulsion-settings-'))))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const settings = (env: Readonly<Record<string, string>> = {}): LocalSettings =>
    withGeneratedKeys(readLocalSettings({ EMULSION_STATE: folder, ...env }))
  const file = (): string => join(folder, 'settings.json')

  it('stay the same, by account, under the names of their variables', () => {
    const first = settings().variables
    const other = settings({ EMULSION_ACCOUNT_ID: 'Emu1s2n' }).variables
    expect(settings().variables).toEqual(first)
    expect(other['EMULSION_SECRET_KEY']).toMatch(/^secret_Emu1s2n/)
    const kept = JSON.parse(readFileSync(file(), 'utf8')) as Record<string, Record<string, string>>
    expect(Object.keys(kept)).toEqual(['Emu1s1n', 'Emu1s2n'])
    expect(kept['Emu1s1n']?.['EMULSION_SECRET_KEY']).toBe(first['EMULSION_SECRET_KEY'])
    expect(statSync(file()).mode & 0o777).toBe(0o600)
  })

  it('of the environment come first and are not kept', () => {
    const mine = 'secret_Emu1s1nMine'
    expect(settings({ EMULSION_SECRET_KEY: mine }).variables['EMULSION_SECRET_KEY']).toBe(mine)
    expect(readFileSync(file(), 'utf8')).not.toContain(mine)
  })

  it('of an earlier version are read', () => {
    writeFileSync(file(), JSON.stringify({ 'EMULSION_SECRET_KEY Emu1s1n': 'secret_Emu1s1nOld' }))
    expect(settings().variables['EMULSION_SECRET_KEY']).toBe('secret_Emu1s1nOld')
    expect(settings().variables['EMULSION_SECRET_KEY']).toBe('secret_Emu1s1nOld')
  })

  it('are never replaced because their file is damaged', () => {
    writeFileSync(file(), '{"Emu1s1n":')
    expect(() => settings()).toThrow('settings.json is damaged')
  })

  it('all stand in the banner', () => {
    const given = settings()
    const text = banner(new URL('http://127.0.0.1:8787'), given)
    for (const name of ['EMULSION_SECRET_KEY', 'EMULSION_PUBLIC_KEY', 'EMULSION_BATCH_SECRET', 'EMULSION_CALLBACK_KEY'])
      expect(text, name).toContain(given.variables[name])
  })
})
