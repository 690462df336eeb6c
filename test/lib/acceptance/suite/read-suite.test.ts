import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { DEFAULT_SUITE } from '../../../../lib/acceptance/suite/default-suite.ts'
import { readSuite } from '../../../../lib/acceptance/suite/read-suite.ts'
import { SuiteSchema } from '../../../../lib/acceptance/suite/suite-schema.ts'
import { UsageError } from '../../../../lib/errors/perf-error.ts'

const isSuite = new Ajv({ strict: false }).compile(SuiteSchema)

/** What is wrong with a suite; both the reader and its schema have something against it. */
function faultOf(text: string): string {
  expect(isSuite(parse(text)), `the schema takes ${text}`).toBe(false)
  return readerFault(text)
}

function readerFault(text: string): string {
  try {
    readSuite(text, 'suite.yaml')
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  throw new Error(`taken: ${text}`)
}

const suiteOf = (...lines: string[]) => ['name: mine', 'items:', ...lines].join('\n')

test('the default suite is one, by its schema too, with an item for each question of the checklist', () => {
  expect(isSuite(parse(DEFAULT_SUITE, { merge: true })), JSON.stringify(isSuite.errors)).toBe(true)
  const { name, items } = readSuite(DEFAULT_SUITE, 'default')
  expect(name).toBe('default')
  expect(items.length).toBeGreaterThanOrEqual(9)
  expect(new Set(items.map(({ level }) => level))).toEqual(new Set(['required', 'recommended', 'optional']))
})

test('an item with everything, and where it stands', () => {
  const suite = readSuite(
    `name: mine
description: all
items:
  - name: a-1
    level: optional
    description: is it?
    command: netperf
    parameters:
      streams: [1, 4]
      protocol: tcp
      bidirectional: true
      duration: 10s
    thresholds:
      - tcp_throughput.min > 1Gbit/s
    timeout: 1m30s
    appliesWhen:
      nodes: 3
  - {name: b, level: required, command: density}
`,
    'suite.yaml',
  )
  expect(suite.description).toBe('all')
  const [first, second] = suite.items
  expect(first).toMatchObject({
    name: 'a-1',
    level: 'optional',
    description: 'is it?',
    command: 'netperf',
    timeoutMs: 90_000,
    leastNodes: 3,
    place: 'suite.yaml:4',
  })
  expect([...(first?.parameters ?? [])]).toEqual([
    ['streams', { texts: ['1', '4'], place: 'suite.yaml:9' }],
    ['protocol', { texts: ['tcp'], place: 'suite.yaml:10' }],
    ['bidirectional', { texts: ['true'], place: 'suite.yaml:11' }],
    ['duration', { texts: ['10s'], place: 'suite.yaml:12' }],
  ])
  expect(first?.thresholds).toMatchObject([{ numerator: { metric: 'tcp_throughput', statistic: 'min' }, limit: 1e9 }])
  expect(second).toMatchObject({ timeoutMs: 300_000, thresholds: [], place: 'suite.yaml:18' })
  expect(second?.leastNodes).toBeUndefined()
})

test.each([
  ['', 'suite.yaml: the suite is empty'],
  ['- a', 'suite.yaml:1: the suite must be a map of keys and values'],
  ['name: mine', 'suite.yaml:1: items is missing'],
  ['name: mine\nitems: []', 'suite.yaml:2: items is empty'],
  ['name: mine\nitems: 3', 'suite.yaml:2: items must be a list'],
  ['name:\nitems: [{}]', 'suite.yaml:1: name must be a string, not empty'],
  [suiteOf('- {}'), 'suite.yaml:3: items[0].name is missing'],
  [
    suiteOf('- name: a', '  level: require', '  command: netperf'),
    'suite.yaml:4: items[0].level must be one of required, recommended, optional, not "require"; did you mean required?',
  ],
  [
    suiteOf('- name: a', '  level: 1', '  command: netperf'),
    'suite.yaml:4: items[0].level must be one of required, recommended, optional, not "1"',
  ],
  [suiteOf('- name: a', '  levle: required'), 'suite.yaml:4: unknown key "levle" in items[0]; did you mean level?'],
  [
    suiteOf('- name: a', '  colour: red'),
    'suite.yaml:4: unknown key "colour" in items[0], there are name, level, description, command, parameters, thresholds, thresholdsWhereReported, timeout, appliesWhen',
  ],
  [
    suiteOf('- name: A b'),
    'suite.yaml:3: items[0].name "A b" is not allowed: Lower-case letters, digits and dashes; no other item has it',
  ],
  [
    suiteOf('- {name: a, level: required, command: density,', '   parameters: [x]}'),
    'suite.yaml:4: items[0].parameters must be a map of keys and values',
  ],
  [
    suiteOf('- {name: a, level: required, command: density,', '   parameters: {qps: {a: 1}}}'),
    'suite.yaml:4: items[0].parameters.qps must be a value, or a list of values',
  ],
  [
    suiteOf('- {name: a, level: required, command: density,', '   appliesWhen: {nodes: 0}}'),
    'suite.yaml:4: items[0].appliesWhen.nodes must be a whole number of at least 1, not "0"',
  ],
  [
    suiteOf('- {name: a, level: required, command: density,', '   appliesWhen: {nodes: many}}'),
    'suite.yaml:4: items[0].appliesWhen.nodes must be a whole number of at least 1, not "many"',
  ],
])('fault %#: the line, and what is allowed', (text, message) => {
  expect(text === '' ? readerFault(text) : faultOf(text)).toBe(message)
})

test('an unknown command: the nearest word', () => {
  expect(faultOf(suiteOf('- name: a', '  level: required', '  command: netprf'))).toMatch(
    /^suite\.yaml:5: items\[0\]\.command must be one of netperf, density, .*, not "netprf"; did you mean netperf\?$/,
  )
})

test('what no schema can say: names, thresholds and times', () => {
  const item = '- {name: a, level: required, command: density'
  expect(readerFault(suiteOf(`${item}}`, `${item}}`))).toBe('suite.yaml:4: there is another item "a": suite.yaml:3')
  expect(readerFault(suiteOf(`${item},`, '   thresholds: ["pod_redy_latency.p99 < 5s"]}'))).toBe(
    'suite.yaml:4: invalid threshold "pod_redy_latency.p99 < 5s": unknown metric "pod_redy_latency"; did you mean "pod_ready_latency"?',
  )
  expect(readerFault(suiteOf(`${item},`, '   timeout: soon}'))).toMatch(/^suite\.yaml:4: .*soon/)
  expect(readerFault(suiteOf(`${item},`, '   timeout: 10ms}'))).toBe('suite.yaml:4: timeout must be at least 1s')
  expect(readerFault('name: "x')).toMatch(/^suite\.yaml:1: /)
})
