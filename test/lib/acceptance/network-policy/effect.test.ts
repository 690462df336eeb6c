import { expect, test } from 'vitest'
import { untilAllowed, untilDenied } from '../../../../lib/acceptance/network-policy/effect.ts'
import { createEffectLog } from '../../../../lib/acceptance/network-policy/effect-log.ts'
import { parseFirstConnection } from '../../../../lib/acceptance/network-policy/first-connection.ts'
import type { AttemptResult, TimedChange } from '../../../../lib/acceptance/probe/attempts.ts'
import type { Prober } from '../../../../lib/acceptance/probe/open-prober.ts'
import { createLookers } from '../../../../lib/run/until-look.ts'

/** A prober whose changes are told to it. */
function fakeProber() {
  const changes: TimedChange[] = []
  const { changed, until } = createLookers(new AbortController().signal)
  const prober = {
    changes,
    clockUncertaintyMs: () => 1,
    until: (look: (seen: readonly TimedChange[]) => unknown, limit: AbortSignal) => until(() => look(changes), limit),
  } as unknown as Prober
  const see = (result: AttemptResult, startMs: number, before?: TimedChange['before']) => {
    changes.push({ result, startMs, endMs: startMs + 2, ...(before === undefined ? {} : { before }) })
    changed()
  }
  return { prober, see }
}

const before = (startMs: number) => ({ startMs, endMs: startMs + 2, attempts: 5 })

test('denied: from the first attempt that fails after the last that does not', async () => {
  const { prober, see } = fakeProber()
  see('open', 0)
  const effect = untilDenied(prober, 100, AbortSignal.timeout(60_000))
  // One lost packet, and open again: that was not it.
  see('blocked', 120, before(110))
  await new Promise((resolve) => setTimeout(resolve, 20))
  see('open', 180, before(120))
  see('blocked', 240, before(230))
  expect(await effect).toEqual({ atMs: 240, resolutionSeconds: 0.011 })
})

test('what was closed before the change is not its doing', async () => {
  const { prober, see } = fakeProber()
  see('blocked', 90, before(80))
  expect(await untilDenied(prober, 100, AbortSignal.timeout(50))).toBeUndefined()
})

test('allowed: the end of the first connection, which may have been possible since the attempt before', async () => {
  const { prober, see } = fakeProber()
  see('open', 0)
  see('blocked', 50, before(40))
  const effect = untilAllowed(prober, 100, AbortSignal.timeout(60_000))
  see('open', 190, before(130))
  expect(await effect).toEqual({ atMs: 192, resolutionSeconds: 0.063 })
})

test('without an effect there is none when the limit is over', async () => {
  const { prober, see } = fakeProber()
  see('open', 0)
  expect(await untilDenied(prober, 100, AbortSignal.timeout(20))).toBeUndefined()
})

const denyCreated = { action: 'deny', change: 'created' } as const

test('each kind of step has its series, and changes without effect are counted', () => {
  const log = createEffectLog()
  expect(log.effect(denyCreated, { atMs: 250, resolutionSeconds: 0.02 }, 100)).toBe(0.15)
  log.noEffect(denyCreated, 'node-b')
  log.effect({ action: 'allow', change: 'deleted' }, { atMs: 130, resolutionSeconds: 0.06 }, 100)
  log.disturbed()
  expect(
    log.metrics().map(({ name, labels, samples, statistics }) => [name, labels, samples ?? statistics.value]),
  ).toEqual([
    ['network_policy_enforcement_latency', denyCreated, [0.15]],
    ['network_policy_without_effect', denyCreated, 1],
    ['network_policy_enforcement_latency', { action: 'allow', change: 'deleted' }, [0.03]],
    ['network_policy_without_effect', { action: 'allow', change: 'deleted' }, 0],
  ])
  expect(log.findings(15_000).map(({ code, message }) => [code, message])).toEqual([
    [
      'PolicyWithoutEffect',
      'pods on node-b still got connections 15s after a NetworkPolicy that denies them was created',
    ],
    ['ControlTrafficLost', '1 measurement was left out: traffic that no policy touches had stopped too'],
  ])
})

test('what a pod says of its first connection', () => {
  expect(parseFirstConnection('1795268266434000 1795268266498412 2\n')).toEqual({
    beganMicros: 1795268266434000,
    endMicros: 1795268266498412,
    attempts: 2,
  })
  expect(() => parseFirstConnection('bash: not found')).toThrow('says something else than when it connected')
})
