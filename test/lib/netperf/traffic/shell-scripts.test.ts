import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  CLIENT_SCRIPT,
  COUNTERS_SCRIPT,
  LISTENING_SCRIPT,
  PROGRAMS_SCRIPT,
  REACH_SCRIPT,
  serverScript,
  shellQuote,
} from '../../../../lib/netperf/traffic/shell-scripts.ts'

// The shells of the images: dash-like, bash, and busybox where it is there.
const SHELLS = [['sh'], ['bash', '--posix']]

function run(shell: readonly string[], script: string, words: readonly string[], input = '') {
  const [program = 'sh', ...options] = shell
  const { status, stdout, stderr } = spawnSync(program, [...options, '-c', script, 'sh', ...words], {
    input,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

test('a quoted word comes back as it was', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string().filter((text) => !text.includes('\0')),
        { maxLength: 5 },
      ),
      (words) => {
        const script = `printf '%s\\0' ${words.map(shellQuote).join(' ')}`
        const expected = words.length === 0 ? '\0' : words.map((word) => `${word}\0`).join('')
        expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(expected)
      },
    ),
    { numRuns: 50 },
  )
})

describe.each(SHELLS)('%s', (...shell) => {
  test('the tool runs after a line has come, with its words, and its exit code counts', () => {
    const tool = ['sh', '-c', 'echo "out $1"; printf err >&2; exit 3', 'tool', 'a  b']
    const { status, stdout, stderr } = run(shell, CLIENT_SCRIPT, tool, '\n')
    expect(status).toBe(3)
    expect(stdout).toBe('out a  b\n')
    const lines = stderr.split('\n').filter((line) => !/ (before|after) /.test(line))
    expect(lines).toEqual(['kubectl-perf: ready', 'kubectl-perf: start', 'err', 'kubectl-perf: end', ''])
  })

  test('the tool does not run when the input ends', () => {
    const { status, stdout, stderr } = run(shell, CLIENT_SCRIPT, ['echo', 'no'])
    expect({ status, stdout }).toEqual({ status: 125, stdout: '' })
    expect(stderr).not.toContain('start')
  })

  test('counters are marked with each word that is read', () => {
    const { status, stdout, stderr } = run(shell, COUNTERS_SCRIPT, [], 'before\nafter\n')
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
    const lines = stderr.split('\n').filter((text) => text !== '')
    for (const line of lines) expect(line).toMatch(/^kubectl-perf: (before|after|done) /)
    expect(lines.filter((line) => line.includes(' done '))).toEqual([
      'kubectl-perf: done before',
      'kubectl-perf: done after',
    ])
    expect(lines.at(-1)).toBe('kubectl-perf: done after')
  })

  test('programs that are there', () => {
    expect(run(shell, PROGRAMS_SCRIPT, ['sh', 'no-such-program', 'ls']).stdout).toBe('sh\nls\n')
  })

  test('a port that is listened at, and one that is not', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const hex = port.toString(16).toUpperCase().padStart(4, '0')
    expect(run(shell, LISTENING_SCRIPT, ['1', hex])).toMatchObject({ status: 0, stdout: '' })
    server.close()
    await once(server, 'close')
    expect(run(shell, LISTENING_SCRIPT, ['2', hex])).toMatchObject({ status: 1, stdout: ` ${hex}\n` })
  })

  test('a connection comes about, or the reason is told', async () => {
    const connected = Promise.withResolvers<void>()
    const server = createServer(() => connected.resolve()).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const address = server.address()
    const port = String(typeof address === 'object' && address !== null ? address.port : 0)
    const reach = async () => {
      const [program = 'sh', ...options] = shell
      const child = spawn(program, [...options, '-c', REACH_SCRIPT, 'sh', '2', '127.0.0.1', port])
      let stdout = ''
      child.stdout.on('data', (chunk: Buffer) => {
        stdout += chunk.toString()
      })
      const [status] = (await once(child, 'close')) as [number]
      return { status, stdout }
    }
    expect(await reach()).toEqual({ status: 0, stdout: '' })
    await connected.promise
    server.close()
    await once(server, 'close')
    const refused = await reach()
    expect(refused.status).toBe(1)
    expect(refused.stdout).toMatch(/refused/)
  })

  test('servers are started anew, the missing one is named, and SIGTERM ends all at once', async () => {
    const [program = 'sh', ...options] = shell
    const script = serverScript([
      ['sh', '-c', 'echo "started $1"', 'sh', "it's"],
      ['no-such-program', '1'],
    ])
    const child: ChildProcess = spawn(program, [...options, '-c', script], { detached: true })
    let stdout = ''
    let stderr = ''
    const twice = Promise.withResolvers<void>()
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
      if (stdout.split('\n').length > 2) twice.resolve()
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString()
    })
    await twice.promise
    child.kill('SIGTERM')
    const [status] = (await once(child, 'exit')) as [number]
    // What a container's end ends: the processes beside the first one.
    process.kill(-(child.pid ?? 0), 'SIGKILL')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^started it's\nstarted it's\n/)
    expect(stderr).toContain('no-such-program: not in this image')
  })
})
