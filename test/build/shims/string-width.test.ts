import { expect, test } from 'vitest'
import stringWidth from '../../../build/shims/string-width.ts'

test.each([
  ['', 0],
  ['create 31/50   ready 27', 23],
  ['\u001b[36m⠙\u001b[39m create', 8],
  ['節点', 4],
  ['ＡＢ', 4],
  ['e\u0301', 1],
  ['🚀', 2],
  ['a\tb\u0007', 2],
])('%j takes %i columns', (text, width) => {
  expect(stringWidth(text)).toBe(width)
})
