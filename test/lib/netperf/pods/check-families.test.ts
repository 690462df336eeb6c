import { expect, test } from 'vitest'
import { checkFamilies } from '../../../../lib/netperf/pods/check-families.ts'
import { testCase } from '../test-case-example.ts'

const four = { addresses: ['10.0.0.1'] }
const six = { addresses: ['fd00::1'] }
const both = { addresses: ['10.0.0.2', 'fd00::2'] }
const tests = { four: [testCase()], six: [testCase({ ipFamily: 6 })], dual: [testCase(), testCase({ ipFamily: 6 })] }

test.each([
  [tests.six, [four, four], 'no pod of this run has an IPv6 address: the cluster gives its pods IPv4 alone'],
  [tests.dual, [four, four], 'no pod of this run has an IPv6 address: the cluster gives its pods IPv4 alone'],
  [tests.four, [six], 'no pod of this run has an IPv4 address: the cluster gives its pods IPv6 alone'],
])('%# a family that no pod has ends the run', (asked, pods, message) => {
  expect(() => checkFamilies(asked, pods)).toThrow(message)
})

test('the advice names the other family', () => {
  expect(() => checkFamilies(tests.six, [four])).toThrow(expect.objectContaining({ advice: ['--ip-family 4'] }))
})

test.each([
  [tests.dual, [both, both]],
  [tests.four, [both]],
  // The pairs without it say so, and the others are measured.
  [tests.six, [four, both]],
])('%# a family that some pods have', (asked, pods) => {
  expect(() => checkFamilies(asked, pods)).not.toThrow()
})
