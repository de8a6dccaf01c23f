import { expect, it } from 'vitest'
import { create, ended } from '../support/batch.ts'
import { ACCOUNT, picture, request, upload } from '../support/client.ts'

it('GET /-/metrics tells what has happened', async () => {
  await upload('/photo.jpg', picture('photo.jpg'))
  await request(`/${ACCOUNT}/image/photo.jpg?w=20&f=png`)
  await request(`/${ACCOUNT}/image/photo.jpg?w=20&f=png`)
  await request(`/${ACCOUNT}/image/nothing.jpg`)
  await ended(await create())
  const response = await request('/-/metrics')
  expect(response.headers.get('Content-Type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const text = await response.text()
  const lines = text.split('\n')
  const value = (series: string): number =>
    Number(
      lines
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')
        .at(-1) ?? 0,
    )
  const sumOf = (name: string): number =>
    lines.filter((line) => line.startsWith(`${name}{`)).reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  const sizeOf = async (path: string): Promise<number> => (await (await request(path)).arrayBuffer()).byteLength
  expect(value('emulsion_cache_total{tier="miss"}')).toBe(1)
  expect(value('emulsion_cache_total{tier="edge"}') + value('emulsion_cache_total{tier="store"}')).toBe(1)
  const sizes = [await sizeOf(`/${ACCOUNT}/image/photo.jpg?w=20&f=png`), await sizeOf(`/${ACCOUNT}/raw/photo.jpg`)] as const
  expect(sumOf('emulsion_image_bytes_total')).toBe(2 * sizes[0])
  expect(value('emulsion_saved_bytes_total')).toBe(2 * (sizes[1] - sizes[0]))
  expect(value('emulsion_http_body_bytes_total{route="/:account/:processing/*"}')).toBe(2 * sizes[0])
  expect(value('emulsion_pixels_total{of="source"}')).toBeGreaterThan(value('emulsion_pixels_total{of="result"}'))
  expect(value('emulsion_process_age_seconds{kind="batch"}')).toBe(0)
  expect(value('emulsion_queue_age_seconds{queue="jobs"}')).toBe(0)
  expect(value('emulsion_renders_total{format="png",outcome="ok"}')).toBe(2)
  expect(value('emulsion_http_requests_total{route="/:account/:processing/*",method="GET",status="404"}')).toBe(1)
  expect(value('emulsion_http_requests_total{route="/request",method="POST",status="200"}')).toBe(1)
  expect(value('emulsion_jobs_total{type="render",outcome="finished"}')).toBe(1)
  expect(value('emulsion_processes{kind="batch",status="FINISHED"}')).toBe(1)
  expect(value('emulsion_phase_seconds_count{phase="decode"}') + value('emulsion_phase_seconds_count{phase="fetch"}')).toBeGreaterThan(0)
  expect(value('emulsion_queue_messages{queue="jobs"}')).toBe(0)
})
