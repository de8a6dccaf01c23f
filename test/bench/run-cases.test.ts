import { expect, it } from 'vitest'
import { type Case, scaling } from '../../bench/job.ts'
import { runCases } from '../../bench/run-cases.ts'

const one = (input: string): Case => ({ file: `/${input}`, input, job: scaling(80, 'jpeg') })

it('goes on after a case that fails, and names it', async () => {
  const said: string[] = []
  const measure = ({ input }: Case): Promise<string> =>
    input === 'bad.jpg' ? Promise.reject(new Error('photon: no such picture')) : Promise.resolve(input)
  const { measured, failures } = await runCases([one('first.jpg'), one('bad.jpg'), one('last.jpg')], measure, (line) => said.push(line))
  expect(measured).toEqual(['first.jpg', 'last.jpg'])
  expect(failures).toEqual(['bad.jpg: 80 px jpeg failed: photon: no such picture'])
  expect(said).toEqual(['first.jpg: 80 px jpeg', 'bad.jpg: 80 px jpeg', ...failures, 'last.jpg: 80 px jpeg'])
})
