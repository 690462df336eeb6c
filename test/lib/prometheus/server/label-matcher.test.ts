import { expect, test } from 'vitest'
import { oneOf } from '../../../../lib/prometheus/server/label-matcher.ts'

test('values are taken as they are, and each once', () => {
  expect(oneOf('job', ['apiserver', 'a.b', 'apiserver'])).toBe(String.raw`job=~"apiserver|a\\.b"`)
  expect(oneOf('instance', ['a"b\\c\nd'])).toBe(String.raw`instance=~"a\"b\\\\c\nd"`)
})
