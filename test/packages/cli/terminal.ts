import type { Terminal } from '../../../packages/cli/src/terminal/terminal.ts'

/** A terminal that keeps what is printed. */
export function fakeTerminal(options: Partial<Pick<Terminal, 'env' | 'isInteractive' | 'columns'>> = {}) {
  const [out, err, shown]: [string[], string[], string[]] = [[], [], []]
  const written: Uint8Array[] = []
  const interrupt = new AbortController()
  const terminal: Terminal = {
    print: (line) => void out.push(line),
    write: (bytes) => Promise.resolve(void written.push(bytes)),
    say: (line) => void err.push(line),
    status: (line) => void shown.push(line),
    isInteractive: false,
    columns: 80,
    env: {},
    now: () => 0,
    interrupted: interrupt.signal,
    ...options,
  }
  return { terminal, out, err, shown, written, interrupt: () => interrupt.abort(new Error('Interrupted.')) }
}
