import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { siege } from '../../../../../lib/netperf/engines/siege/siege.ts'
import { testCase } from '../../test-case-example.ts'
import { clientRequest, outcomeOf, recorded } from '../recorded.ts'

function requestFor(name: string) {
  const { arguments: given } = recorded(name)
  const durationSeconds = Number.parseInt(given[given.indexOf('-t') + 1] ?? '', 10) - 1
  return clientRequest({ engine: 'siege', protocol: 'http' }, { timing: { durationSeconds, warmupSeconds: 0 } })
}
const outcome = (name: string) => outcomeOf(siege, requestFor(name), recorded(name))

describe.each(['4.0.7', '4.1.7'])('siege %s', (version) => {
  // On its first run it says something about its settings before the JSON.
  test.each(['http', 'first-run', 'http-ipv6', 'no-home'])('%s: counts and what it knows of latency', (what) => {
    const name = `siege-${version}-${what}`
    const text = recorded(name).stdout
    const field = (key: string) => Number(new RegExp(`"${key}":\\s*([\\d.]+)`).exec(text)?.[1])
    expect(outcome(name)).toEqual({
      tool: 'siege',
      flows: [],
      requests: {
        seconds: field('elapsed_time'),
        completed: field('transactions'),
        errors: {},
        latency: {
          count: field('transactions'),
          meanSeconds: (field('concurrency') * field('elapsed_time')) / field('transactions'),
          maxSeconds: field('longest_transaction'),
          resolutionSeconds: 0.01,
        },
      },
    })
  })

  test('a server without the page, or without any', () => {
    expect(outcome(`siege-${version}-http-404`)).toMatchObject({ code: 'ToolFailed' })
    expect(outcome(`siege-${version}-http-refused`)).toMatchObject({ code: 'ConnectionRefused' })
    expect(outcome(`siege-${version}-http-name`)).toMatchObject({ code: 'NameNotResolved' })
    expect(outcome(`siege-${version}-sigterm`)).toMatchObject({ code: 'ShortMeasurement' })
  })
})

test('errors among the answers', () => {
  const name = 'siege-4.1.7-http-503-some'
  const read = outcome(name)
  const { transactions, failed_transactions: failed } = JSON.parse(recorded(name).stdout) as Record<string, number>
  expect(failed).toBeGreaterThan(0)
  expect(read).toMatchObject({
    requests: { completed: transactions, errors: { failed }, latency: { count: transactions } },
  })
})

test('after 1024 failures it gives up: then the time is too short', () => {
  expect(outcome('siege-4.0.7-http-503-some')).toMatchObject({ code: 'ShortMeasurement' })
})

test('what is missing, cut off or not JSON is never read', () => {
  const { stdout, ...rest } = recorded('siege-4.0.7-http')
  const end = stdout.lastIndexOf('}')
  fc.assert(
    fc.property(fc.nat(end), (length) => {
      const output = { ...rest, stdout: stdout.slice(0, length) }
      expect(outcomeOf(siege, requestFor('siege-4.0.7-http'), output)).toBeInstanceOf(Error)
    }),
  )
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), fc.string(), fc.nat(255), (text, stderr, exitCode) => {
      expect(outcomeOf(siege, clientRequest(), { stdout: text, stderr, exitCode })).toBeInstanceOf(Error)
    }),
  )
})

test('command lines and refusals', () => {
  const http = clientRequest({ protocol: 'http', connections: 20 })
  expect(siege.clientCommand(http).join(' ')).toBe('siege -j -R /dev/null -b -c 20 -t 3S http://10.77.0.2:5201/')
  const six = clientRequest({ protocol: 'http' }, { target: { address: 'fd77::2', port: 80, secondPort: 81 } })
  expect(siege.clientCommand(six).at(-1)).toBe('http://[fd77::2]:80/')
  expect(siege.refuses(testCase({ protocol: 'http' }))).toBeUndefined()
  expect(siege.refuses(testCase({ protocol: 'grpc' }))).toBe('siege measures HTTP only')
  expect(siege.refuses(testCase({ protocol: 'http', connections: 256 }))).toBe('siege opens up to 255 connections')
  expect(siege.refuses(testCase({ protocol: 'http', requestsPerSecond: 5 }))).toBe('siege cannot keep to a rate')
})
