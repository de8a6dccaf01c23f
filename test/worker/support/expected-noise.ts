/** What workerd says when a client hangs up or a stream breaks, as tests make it happen on purpose. The tests check what follows from it. */
const EXPECTED = [
  'disconnected: read end of pipe was aborted',
  'disconnected: fixed-length pipe ended prematurely',
  'source = Uncaught (in promise); stack = Error: Network connection lost.',
  'on an HTTP body which does not appear to be text',
]

/** The runner passes workerd's own messages to the terminal as they come: these are left out, with their stack. */
export default function hideExpectedNoise(): () => void {
  const write = process.stderr.write.bind(process.stderr)
  process.stderr.write = ((chunk: string | Uint8Array, ...rest: []) =>
    EXPECTED.some((text) => String(chunk).includes(text)) ? true : write(chunk, ...rest)) as typeof process.stderr.write // the same function but for what it leaves out
  return () => {
    process.stderr.write = write
  }
}
