import { createServer } from 'node:net'

/**
 * Whether the server can listen there, asked before the build takes its time. Port 0 always fits.
 * @throws Error that says which setting to change.
 */
export async function checkPort(host: string, port: number): Promise<void> {
  const probe = createServer()
  const problem = await new Promise<NodeJS.ErrnoException | null>((done) => {
    probe.once('error', done)
    probe.listen(port, host, () => done(null))
  })
  if (problem !== null) throw new Error(explain(problem, host, port))
  await new Promise((done) => probe.close(done))
}

function explain({ code, message }: NodeJS.ErrnoException, host: string, port: number): string {
  if (code === 'EADDRINUSE')
    return `Port ${port} of ${host} is in use. Stop the other server, or choose another port: PORT=${port === 65_535 ? 8787 : port + 1} npm start`
  if (code === 'EACCES') return `PORT: this user may not listen on port ${port}. Choose one above 1023: PORT=8787 npm start`
  return `HOST: the server cannot listen on ${JSON.stringify(host)}: ${message}`
}
