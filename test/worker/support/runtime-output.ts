import type { TestProject } from 'vitest/node'

/** What workerd says when a client hangs up or a stream breaks, as tests make it happen on purpose. The tests check what follows from it. */
const EXPECTED = [
  'disconnected: read end of pipe was aborted',
  'disconnected: fixed-length pipe ended prematurely',
  'source = Uncaught (in promise); stack = Error: Network connection lost.',
  'on an HTTP body which does not appear to be text',
]

/** How a line of the service's log begins. */
const LOG_LINE = '{"level":'
const MOST_LINES = 500

/**
 * The runner passes what workerd prints to the terminal as it comes. Expected messages are left out, with their stack. The service's log is
 * held, and shown behind the tests when one of them has failed.
 */
export default function sortRuntimeOutput(project: TestProject): () => void {
  const logged: (string | Uint8Array)[] = []
  const streams = [process.stdout, process.stderr].map((stream) => {
    const write = stream.write.bind(stream)
    stream.write = ((chunk: string | Uint8Array, ...rest: []) => {
      const text = String(chunk)
      if (EXPECTED.some((expected) => text.includes(expected))) return true
      if (!text.startsWith(LOG_LINE)) return write(chunk, ...rest)
      logged.push(chunk)
      if (logged.length > MOST_LINES) logged.shift()
      return true
    }) as typeof stream.write // the same function but for what it leaves out
    return { stream, write }
  })
  return () => {
    for (const { stream, write } of streams) stream.write = write
    if (project.vitest.state.getCountOfFailedTests() > 0) for (const line of logged) process.stdout.write(line)
  }
}
