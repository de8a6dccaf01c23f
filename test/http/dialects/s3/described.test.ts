import { expect, it } from 'vitest'
import { S3 } from '../../../../src/http/dialects/s3/described.ts'
import { OPERATIONS } from '../../../../src/http/dialects/s3/routes.ts'

const PATHS = { bucket: '/-/s3/{bucket}', key: '/-/s3/{bucket}/{key}' }

it('the document has the calls that the door answers, with their parameters', () => {
  // HEAD is GET without a body.
  const answered = OPERATIONS.filter(({ method }) => method !== 'HEAD').map(
    ({ on, method, marks, parameters = [] }) => [`${method} ${PATHS[on]}`, [...marks, ...parameters]] as const,
  )
  const parameters = (name: string): readonly string[] =>
    [...new Set(answered.flatMap(([each, names]) => (each === name ? names : [])))].toSorted()
  const described = S3.calls
    .filter(({ path }) => path !== '/-/s3')
    .map(({ method, path, query }) => [`${method} ${path}`, Object.keys(query?.shape ?? {}).toSorted()] as const)
  expect(Object.fromEntries(described)).toEqual(Object.fromEntries(answered.map(([name]) => [name, parameters(name)])))
})
