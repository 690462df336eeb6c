import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitLines } from '../../../lib/kube/split-lines.ts'

test('however a stream is cut into pieces, its lines are the same', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.nat(200)), (texts, cuts) => {
      const lines = texts.map((text) => text.replaceAll('\n', ''))
      const stream = Buffer.from(lines.map((line) => `${line}\n`).join(''))
      const seen: string[] = []
      const split = splitLines((line) => seen.push(line.toString('utf8')))
      const places = [0, ...cuts.map((cut) => Math.min(cut, stream.length)).sort((a, b) => a - b), stream.length]
      for (let index = 1; index < places.length; index++)
        split(stream.subarray(places[index - 1], places[index]), index)
      expect(seen).toEqual(lines.filter((line) => line !== ''))
    }),
  )
})

test('what has no end is not told, and must not grow for ever', () => {
  const seen: Buffer[] = []
  const split = splitLines((line) => seen.push(line), 10)
  split(Buffer.from('abc'), 1)
  split(Buffer.from('defghij'), 2)
  expect(seen).toEqual([])
  expect(() => split(Buffer.from('k'), 3)).toThrow(new RangeError('a line is longer than 10 bytes'))
})

test('a line has the time of the piece that ended it', () => {
  const seen: [string, number][] = []
  const split = splitLines((line, receivedMs) => seen.push([line.toString('utf8'), receivedMs]))
  split(Buffer.from('a\nb'), 10)
  split(new TextEncoder().encode('c\nd\n'), 20)
  expect(seen).toEqual([
    ['a', 10],
    ['bc', 20],
    ['d', 20],
  ])
})
