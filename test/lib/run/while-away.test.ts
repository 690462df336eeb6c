import { expect, test } from 'vitest'
import { ApiError } from '../../../lib/kube/api-error.ts'
import { ConnectionError, type ConnectionFault } from '../../../lib/kube/connection-error.ts'
import { isAway, whileAway } from '../../../lib/run/while-away.ts'

const signal = new AbortController().signal
const impatient = { patienceMs: 40, pauseMs: 1 }
const refused = () => new ConnectionError('refused', { kind: 'refused' })

test('tries again until the work is done', async () => {
  let tries = 0
  await whileAway(
    signal,
    async () => {
      tries += 1
      if (tries < 4) throw refused()
    },
    impatient,
  )
  expect(tries).toBe(4)
})

test('gives up with the last fault, later when the server has answered in between', async () => {
  let tries = 0
  const silent = async () => {
    tries += 1
    throw refused()
  }
  await expect(whileAway(signal, silent, impatient)).rejects.toThrow('refused')
  expect(tries).toBeGreaterThan(1)
  let answers = 0
  const stuttering = async (onAnswer: () => void) => {
    answers += 1
    if (answers > 200) return
    onAnswer()
    throw refused()
  }
  await whileAway(signal, stuttering, impatient)
  expect(answers).toBe(201)
})

test('what is no absence is thrown at once', async () => {
  const work = async () => {
    throw new Error('a bug')
  }
  await expect(whileAway(signal, work)).rejects.toThrow('a bug')
})

test('when the signal ends the waiting, the absence is the fault, unless the server has answered since', async () => {
  const waiting = whileAway(AbortSignal.timeout(20), () => Promise.reject(refused()), {
    patienceMs: 1000,
    pauseMs: 500,
  })
  await expect(waiting).rejects.toThrow('refused')
  let tries = 0
  const stop = new AbortController()
  const answering = whileAway(
    stop.signal,
    async (onAnswer) => {
      tries += 1
      if (tries === 1) throw refused()
      onAnswer()
      stop.abort(new Error('enough'))
      stop.signal.throwIfAborted()
    },
    impatient,
  )
  await expect(answering).rejects.toThrow('enough')
})

test('which faults are an absence', () => {
  const api = (code: number) => isAway(new ApiError('x', { code, reason: '', serverMessage: 'x' }))
  expect([400, 401, 403, 404, 409, 410, 429, 500, 502, 503, 504].filter(api)).toEqual([429, 502, 503, 504])
  const kinds: ConnectionFault[] = [
    'refused',
    'lost',
    'timeout',
    'tls',
    'unreachable',
    'credentials',
    'bad-answer',
    'closed',
  ]
  expect(kinds.filter((kind) => isAway(new ConnectionError('x', { kind })))).toEqual([
    'refused',
    'lost',
    'timeout',
    'unreachable',
  ])
  expect(isAway(new Error('x'))).toBe(false)
})
