import { expect, test } from 'vitest'
import type { KubeClient } from '../../../../lib/kube/client.ts'
import type { ExecOptions, ExecResult } from '../../../../lib/kube/streams/exec.ts'
import { type ClientEnd, type ClientJob, releaseTogether } from '../../../../lib/netperf/traffic/start-barrier.ts'

/** What the container does with a command: it is told when the line has come, and writes to stderr. */
type Behaviour = (container: {
  mark: (word: string) => void
  released: Promise<void>
  signal: AbortSignal | undefined
}) => Promise<ExecResult>

/** Execs whose containers behave as told, by the pod's name. */
function execs(behaviours: Readonly<Record<string, Behaviour>>, events: string[] = []): Pick<KubeClient, 'exec'> {
  return {
    exec({ pod }, _, { onStderr, signal }: ExecOptions) {
      const released = Promise.withResolvers<void>()
      let stderr = ''
      const mark = (word: string) => {
        const line = `kubectl-perf: ${word}\n`
        stderr += line
        events.push(`${pod} ${word}`)
        onStderr?.(Buffer.from(line), performance.now())
      }
      const behaviour = behaviours[pod]
      const done = Promise.resolve().then(async () => {
        if (behaviour === undefined) throw new Error('no such pod')
        const result = await behaviour({ mark, released: released.promise, signal })
        return { ...result, stderr: stderr + result.stderr }
      })
      return {
        opened: Promise.resolve({ atMs: performance.now() }),
        write: () => released.resolve(),
        endInput() {},
        done,
      }
    },
  }
}

const result: ExecResult = { stdout: 'out', stderr: '', exitCode: 0 }

const wellBehaved: Behaviour = async ({ mark, released }) => {
  mark('ready')
  await released
  for (const word of [
    'before nr_throttled 1',
    'before throttled_usec 0',
    'start',
    'after nr_throttled 3',
    'after throttled_usec 5',
    'end',
  ])
    mark(word)
  return result
}

function job(pod: string, parts: Partial<ClientJob> = {}): ClientJob {
  return { target: { namespace: 'ns', pod }, command: ['tool'], hasShell: true, timeoutMs: 5000, ...parts }
}

const nothing = { before: async () => {}, after: async () => {} }
const never = new AbortController().signal

function messageOf(end: ClientEnd | undefined): string {
  return end?.kind === 'failed' ? (end.error instanceof Error ? end.error.message : '') : 'ended'
}

test('nobody starts before all are ready', async () => {
  const events: string[] = []
  const slow: Behaviour = async (container) => {
    await new Promise((resolve) => setTimeout(resolve, 50))
    return wellBehaved(container)
  }
  const client = execs({ a: wellBehaved, b: slow }, events)
  const around = {
    before: async () => events.push('before'),
    after: async () => events.push('after'),
  }
  const { ends, clients } = await releaseTogether(client, [job('a'), job('b')], never, around)
  expect(events.filter((event) => !/nr_|throttled/.test(event))).toEqual([
    'a ready',
    'b ready',
    'before',
    'a start',
    'a end',
    'b start',
    'b end',
    'after',
  ])
  expect(clients).toBe(2)
  expect(ends[0]).toMatchObject({
    kind: 'ended',
    output: { stdout: 'out', stderr: '', exitCode: 0 },
    throttling: { periods: 2, seconds: 0.000005 },
  })
})

test('one that fails before it is ready does not keep the others', async () => {
  const client = execs({ a: wellBehaved })
  const { ends, clients } = await releaseTogether(client, [job('a'), job('gone')], never, nothing)
  expect(ends.map(messageOf)).toEqual(['ended', 'no such pod'])
  expect(ends[1]).toMatchObject({ wasStarted: false })
  expect(clients).toBe(1)
})

test('an exec that ends as a success before the command has ended is no success', async () => {
  const cut: Behaviour = async ({ mark, released }) => {
    mark('ready')
    await released
    mark('start')
    return result
  }
  const { ends } = await releaseTogether(execs({ a: cut }), [job('a')], never, nothing)
  expect(ends.map(messageOf)).toEqual(['lost connection to pod: the output ends before the command did'])
  expect(ends[0]).toMatchObject({ wasStarted: true })
})

test('a tool that does not end is given up', async () => {
  const hung: Behaviour = async ({ mark, signal }) => {
    mark('ready')
    return new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason as Error))
    })
  }
  const { ends } = await releaseTogether(
    execs({ a: hung, b: wellBehaved }),
    [job('a', { timeoutMs: 20 }), job('b')],
    never,
    nothing,
  )
  expect(ends.map(messageOf)).toEqual(['the client did not end within 0.02s', 'ended'])
})

test('without a shell the start is when the connection stands', async () => {
  const plain: Behaviour = async () => result
  const client = execs({ a: plain, b: plain })
  const jobs = [job('a', { hasShell: false }), job('b', { hasShell: false })]
  const { ends, clients, spreadSeconds } = await releaseTogether(client, jobs, never, nothing)
  expect(ends.map(messageOf)).toEqual(['ended', 'ended'])
  expect(clients).toBe(2)
  expect(spreadSeconds).toBeGreaterThanOrEqual(0)
})

test('the spread is that of the starts', async () => {
  const started = Promise.withResolvers<void>()
  const first: Behaviour = async (container) => {
    const ended = await wellBehaved(container)
    started.resolve()
    return ended
  }
  const second: Behaviour = async (container) => {
    const released = container.released
      .then(() => started.promise)
      .then(() => new Promise<void>((resolve) => setTimeout(resolve, 80)))
    return wellBehaved({ ...container, released })
  }
  const client = execs({ a: first, b: second })
  const run = await releaseTogether(client, [job('a'), job('b')], never, nothing)
  expect(run.spreadSeconds).toBeGreaterThan(0.05)
  expect(run.resolutionSeconds).toBeGreaterThanOrEqual(run.spreadSeconds)
})

test('the signal ends it with its reason', async () => {
  const user = new AbortController()
  const hung: Behaviour = async ({ signal }) =>
    new Promise((_, reject) => {
      if (signal?.aborted === true) reject(signal.reason as Error)
      signal?.addEventListener('abort', () => reject(signal.reason as Error))
    })
  const run = releaseTogether(execs({ a: hung }), [job('a')], user.signal, nothing)
  user.abort(new Error('stopped'))
  await expect(run).rejects.toThrow('stopped')
})
