import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

// The program as a process: what `run` in process cannot show.

const script = fileURLToPath(new URL('../../cmd/kubectl-perf.ts', import.meta.url))

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s while an API server hangs ends it at once, with exit code %i', async (signalName, exitCode) => {
  const { child, ended } = await startWhileServerHangs()
  child.kill(signalName)
  expect(await ended).toEqual({ exitCode, stdout: '', stderr: `Interrupted by ${signalName}\n` })
})

test('without a terminal, as under nohup, the end of one changes nothing', async () => {
  const { child, ended } = await startWhileServerHangs()
  child.kill('SIGHUP')
  child.kill('SIGTERM')
  expect(await ended).toEqual({ exitCode: 143, stdout: '', stderr: 'Interrupted by SIGTERM\n' })
})

/** A density run that has connected to a server which never answers, or has ended too early. */
async function startWhileServerHangs() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const connected = once(server, 'connection')
  server.on('connection', (socket) => socket.unref())
  const child = spawn(process.execPath, [script, 'density', '--server', url], {
    env: { HOME: '/nonexistent' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
    server.close()
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (output.stdout += chunk))
  child.stderr.on('data', (chunk) => (output.stderr += chunk))
  const ended = once(child, 'close').then(([code, signal]) => ({ exitCode: code ?? signal, ...output }))
  await Promise.race([connected, ended])
  return { child, ended }
}
