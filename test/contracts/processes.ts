import { describe, expect, it } from 'vitest'
import type { ProcessIndex, ProcessStore } from '../../src/service/processes/ports.ts'
import type { ProcessDefinition, ProcessSummary } from '../../src/service/processes/record.ts'

/** What every ProcessStore does. Ids are made for each test. */
export function processStoreContract(name: string, make: () => ProcessStore): void {
  let ids = 0
  const definition = (more: Partial<ProcessDefinition> = {}): ProcessDefinition => ({
    id: `contract-process-${String(ids++).padStart(4, '0')}`,
    kind: 'batch',
    name: '',
    owner: { account: 'Contr00', service: 1 },
    jobs: [{ type: 'nobody-does-it', params: { n: [1, 'ä'] }, group: '' }],
    callback: null,
    fingerprint: null,
    requestId: 'contract',
    // Of the future: no alarm and no queue meddles.
    createdAt: Date.now() + 3_600_000,
    ...more,
  })

  describe(`${name} keeps the contract of ProcessStore`, () => {
    it('knows nothing of an id that nobody created', async () => {
      const store = make()
      expect(await store.read('contract-nobody')).toBeNull()
      expect(await store.dispatch('contract-nobody', { type: 'tick' })).toBeNull()
      expect(await store.notices('contract-nobody', 0, 0)).toBeNull()
    })

    it('creates once: of many creates at the same time one, and all answer its record', async () => {
      const store = make()
      const wish = definition()
      const answers = await Promise.all(['a', 'b', 'c'].map((requestId) => store.create({ ...wish, requestId })))
      expect(answers.filter(({ created }) => created)).toHaveLength(1)
      const [first] = answers
      for (const { record } of answers) expect(record.definition).toEqual(first?.record.definition)
      expect((await store.read(wish.id))?.definition).toEqual(first?.record.definition)
    })

    it('applies one event at a time and says whether it changed anything', async () => {
      const store = make()
      const { id } = (await store.create(definition())).record.definition
      expect(await store.dispatch(id, { type: 'retry' })).toMatchObject({ accepted: false })
      const cancels = await Promise.all([store.dispatch(id, { type: 'cancel' }), store.dispatch(id, { type: 'cancel' })])
      expect(cancels.filter((answer) => answer?.accepted)).toHaveLength(1)
      expect(await store.read(id)).toMatchObject({ state: { status: 'FAILED', error: { code: 'cancelled' } } })
      expect(await store.dispatch(id, { type: 'retry' })).toMatchObject({ accepted: true, record: { state: { run: 2 } } })
    })

    it('numbers the notices of a process without gaps and gives those after a number', async () => {
      const store = make()
      const { id } = (await store.create(definition())).record.definition
      await store.dispatch(id, { type: 'cancel' })
      const all = await store.notices(id, 0, 0)
      expect(all?.ended).toBe(true)
      expect(all?.notices.map(({ seq }) => seq)).toEqual(all?.notices.map((_, i) => i + 1))
      expect((await store.notices(id, 1, 0))?.notices).toEqual(all?.notices.slice(1))
    })
  })
}

/** What every ProcessIndex does. Each test uses an account of its own. */
export function processIndexContract(name: string, make: () => ProcessIndex): void {
  let accounts = 0
  function setUp() {
    const account = `Index${String(accounts++).padStart(2, '0')}`
    const line = (id: string, more: Partial<ProcessSummary> = {}): ProcessSummary => ({
      id: `${account}-${id}`,
      kind: 'batch',
      name: '',
      owner: { account, service: 1 },
      status: 'PENDING',
      error: null,
      run: 1,
      jobs: 1,
      createdAt: 100,
      updatedAt: 100,
      revision: 1,
      ...more,
    })
    return { index: make(), account, line }
  }

  describe(`${name} keeps the contract of ProcessIndex`, () => {
    it('keeps the newest revision, whatever arrives late', async () => {
      const { index, account, line } = setUp()
      await index.put(line('a', { revision: 3, status: 'FINISHED' }))
      await index.put(line('a', { revision: 2, status: 'PROCESSING' }))
      await index.put(line('a', { revision: 0 }))
      expect((await index.list(account, { limit: 10 })).items).toMatchObject([{ revision: 3, status: 'FINISHED' }])
      expect(await index.count(account)).toEqual([{ kind: 'batch', status: 'FINISHED', count: 1, oldestAt: 100 }])
    })

    it('tells how old the oldest of a kind and status is', async () => {
      const { index, account, line } = setUp()
      for (const [id, createdAt] of [
        ['a', 300],
        ['b', 200],
        ['c', 400],
      ] as const)
        await index.put(line(id, { createdAt }))
      expect(await index.count(account)).toEqual([{ kind: 'batch', status: 'PENDING', count: 3, oldestAt: 200 }])
    })

    it('knows which ids the account has, and forgets them', async () => {
      const { index, account, line } = setUp()
      const [a, b] = [line('a'), line('b')]
      await index.put(a)
      await index.put(b)
      expect((await index.known(account, [a.id, 'nobody', b.id])).toSorted()).toEqual([a.id, b.id])
      expect(await index.known('Another', [a.id])).toEqual([])
      await index.remove(a.owner, a.id)
      expect(await index.known(account, [a.id, b.id])).toEqual([b.id])
    })

    it('tells ids that were only announced from those whose process has told of itself', async () => {
      const { index, account, line } = setUp()
      const [announced, told] = [line('a', { revision: 0 }), line('b', { revision: 1 })]
      await index.put(announced)
      await index.put(told)
      expect((await index.known(account, [announced.id, told.id])).toSorted()).toEqual([announced.id, told.id])
      expect(await index.recorded(account, [announced.id, told.id])).toEqual([told.id])
      expect(await index.recorded('Another', [told.id])).toEqual([])
      await index.put({ ...announced, revision: 1 })
      expect((await index.recorded(account, [announced.id, told.id])).toSorted()).toEqual([announced.id, told.id])
    })

    it('lists from the newest to the oldest, page by page, equal times by id', async () => {
      const { index, account, line } = setUp()
      for (const id of ['a', 'b', 'c', 'd', 'e']) await index.put(line(id, { createdAt: id === 'e' ? 200 : 100 }))
      const seen: string[] = []
      let cursor: string | null | undefined
      do {
        const page = await index.list(account, { limit: 2, ...(cursor != null && { cursor }) })
        seen.push(...page.items.map(({ id }) => id.slice(-1)))
        cursor = page.cursor
      } while (cursor !== null)
      expect(seen).toEqual(['e', 'd', 'c', 'b', 'a'])
    })

    it('lists by service, kind, name and status', async () => {
      const { index, account, line } = setUp()
      await index.put(line('a', { kind: 'trigger', name: 'thumbs', status: 'FAILED' }))
      await index.put(line('b', { owner: { account, service: 2 } }))
      const ids = async (query: object): Promise<string> =>
        (await index.list(account, { limit: 10, ...query })).items.map(({ id }) => id.slice(-1)).join('')
      const answers = [{ service: 2 }, { kinds: ['trigger'] }, { names: ['thumbs'] }, { statuses: ['FAILED'] }, { statuses: ['FINISHED'] }]
      expect(await Promise.all(answers.map(ids))).toEqual(['b', 'a', 'a', 'a', ''])
    })

    it('lists by folder: what was started within it, and not in one whose name only begins alike', async () => {
      const { index, account, line } = setUp()
      for (const [id, folder] of Object.entries({ a: '/team', b: '/team/deep', c: '/teamwork', d: '/' }))
        await index.put(line(id, { owner: { account, service: 1, folder } }))
      const ids = async (folder: string): Promise<string> =>
        (await index.list(account, { limit: 10, folder })).items.map(({ id }) => id.slice(-1)).join('')
      expect([await ids('/team'), await ids('/team/deep'), await ids('/')]).toEqual(['ba', 'b', 'dcba'])
    })

    it('finds unfinished ones that are silent and finished ones that are old, the oldest first', async () => {
      const { index, account, line } = setUp()
      await index.put(line('a', { updatedAt: 50 }))
      await index.put(line('b', { updatedAt: 10, status: 'FINISHED' }))
      await index.put(line('c', { updatedAt: 60, status: 'FAILED' }))
      await index.put(line('d', { updatedAt: 200 }))
      const stale = (limit: number) => index.stale(account, { unfinishedBefore: 100, finishedBefore: 20, limit })
      expect((await stale(10)).map(({ id }) => id.slice(-1))).toEqual(['b', 'a'])
      expect(await stale(1)).toHaveLength(1)
    })
  })
}
