import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { outcomeExitCode } from '../../cmd/exit-code.ts'
import { Interruption, listenForInterruptions, outlivesTerminal } from '../../cmd/signals.ts'

const ignoresHangUp = false

test('the first signal aborts, the second leaves at once and names what to run', () => {
  const source = new EventEmitter()
  const left: [string, string][] = []
  const { signal, registerCleanup } = listenForInterruptions(source, {
    ignoresHangUp,
    leave: (...args) => left.push(args),
  })
  registerCleanup('kubectl perf cleanup --run aaaaaa')[Symbol.dispose]()
  registerCleanup('kubectl perf cleanup --run 3f9kq2')

  source.emit('SIGINT')
  expect(signal.reason).toEqual(new Interruption('SIGINT'))
  expect(left).toEqual([])
  source.emit('SIGTERM')
  expect(left).toEqual([
    [
      'SIGTERM',
      'Left at once: objects of this run stay in the cluster. Remove them with\n  kubectl perf cleanup --run 3f9kq2\n',
    ],
  ])
})

test('a second signal has nothing to say when nothing was created', () => {
  const source = new EventEmitter()
  const left: [string, string][] = []
  listenForInterruptions(source, { ignoresHangUp, leave: (...args) => left.push(args) })
  source.emit('SIGTERM')
  source.emit('SIGTERM')
  expect(left).toEqual([['SIGTERM', '']])
})

test.each([
  [['SIGHUP', 'SIGHUP', 'SIGTERM'], 'SIGHUP', []],
  [['SIGHUP', 'SIGTERM', 'SIGHUP', 'SIGTERM'], 'SIGHUP', ['SIGTERM']],
  [['SIGINT', 'SIGHUP', 'SIGHUP'], 'SIGINT', []],
  [['SIGTERM', 'SIGHUP', 'SIGINT'], 'SIGTERM', ['SIGINT']],
])('the end of the terminal stops, and is no second signal: %j', (names, reason, expected) => {
  const source = new EventEmitter()
  const left: string[] = []
  const { signal } = listenForInterruptions(source, { ignoresHangUp, leave: (name) => left.push(name) })
  for (const name of names) source.emit(name)
  expect(signal.reason).toMatchObject({ signalName: reason })
  expect(left).toEqual(expected)
})

test('where the end of the terminal does not matter SIGHUP is heard and does nothing', () => {
  const source = new EventEmitter()
  const { signal } = listenForInterruptions(source, { ignoresHangUp: true, leave() {} })
  expect(source.emit('SIGHUP')).toBe(true)
  expect(signal.aborted).toBe(false)
})

test.each([
  ['linux', [], true],
  ['linux', [0], false],
  ['linux', [1], false],
  ['linux', [2], false],
  // Its nohup leaves stdin alone.
  ['darwin', [0], true],
  ['darwin', [0, 1], false],
  ['darwin', [2], false],
  ['win32', [], false],
  ['win32', [0, 1, 2], false],
])('on %s with a terminal at %j: outlives it %s', (platform, terminals, expected) => {
  expect(outlivesTerminal(platform, (descriptor) => terminals.includes(descriptor))).toBe(expected)
})

test('disposed, it listens no more', () => {
  const source = new EventEmitter()
  const { signal, [Symbol.dispose]: dispose } = listenForInterruptions(source, { ignoresHangUp, leave() {} })
  dispose()
  expect(source.eventNames()).toEqual([])
  expect(signal.aborted).toBe(false)
})

test('exit codes of the outcomes', () => {
  const calm = new AbortController().signal
  expect(outcomeExitCode('passed', calm)).toBe(0)
  expect(outcomeExitCode('failed', calm)).toBe(99)
  expect(outcomeExitCode('no-data', calm)).toBe(1)
  expect(outcomeExitCode('error', calm)).toBe(1)
  expect(outcomeExitCode('aborted', AbortSignal.abort(new Interruption('SIGHUP')))).toBe(129)
  expect(outcomeExitCode('aborted', AbortSignal.abort(new Interruption('SIGINT')))).toBe(130)
  expect(outcomeExitCode('aborted', AbortSignal.abort(new Interruption('SIGTERM')))).toBe(143)
})
