/** Where a command runs: what it prints to, and what it is told from outside. */
export interface Terminal {
  /** A line of the result. */
  print(line: string): void
  /** Bytes of the result. */
  write(bytes: Uint8Array): Promise<void>
  /** A line about the work: errors, and what people like to know. */
  say(line: string): void
  /** Overwrites the last line about the work, on a terminal alone; an empty text removes it. */
  status(line: string): void
  /** Whether people look: then there is a bar of progress. */
  readonly isInteractive: boolean
  readonly columns: number
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds. */
  now(): number
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal
}

/** The terminal of this process. */
export function openTerminal(): Terminal {
  const { stdout, stderr, env } = process
  const isInteractive = stderr.isTTY && env['TERM'] !== 'dumb'
  const interrupt = new AbortController()
  let hasStatus = false
  const clear = (): string => (hasStatus ? '\r\x1b[K' : '')
  // Who reads no further wants no more of it: `emulsion ls | head`.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => (interrupt.signal.aborted ? process.exit(130) : interrupt.abort(new Error('Interrupted.'))))
  return {
    print(line) {
      if (hasStatus) stderr.write(clear())
      hasStatus = false
      stdout.write(`${line}\n`)
    },
    write: (bytes) => new Promise((done) => void stdout.write(bytes, () => done())),
    say(line) {
      stderr.write(`${clear()}${line}\n`)
      hasStatus = false
    },
    status(line) {
      if (!isInteractive) return
      stderr.write(clear() + line)
      hasStatus = line !== ''
    },
    isInteractive,
    columns: stderr.columns ?? 80,
    env,
    now: () => performance.now(),
    interrupted: interrupt.signal,
  }
}
