import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatFloat } from '../../../../lib/workload/template/format/format-float.ts'
import { sprintf } from '../../../../lib/workload/template/format/printf.ts'
import { quoteGo } from '../../../../lib/workload/template/format/quote.ts'
import { parseInt64, unquote } from '../../../../lib/workload/template/literals.ts'

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })

test('the shortest text of a float64 reads back to the same number', () => {
  fc.assert(
    fc.property(finite, fc.constantFrom('e' as const, 'f' as const, 'g' as const), (value, verb) => {
      expect(Number(formatFloat(value, verb, -1))).toBe(value)
    }),
  )
})

test('seventeen digits read back to the same number', () => {
  fc.assert(
    fc.property(finite, (value) => {
      expect(Number(sprintf('%.16e', [value]))).toBe(value)
      expect(Number(sprintf('%.17g', [value]))).toBe(value)
    }),
  )
})

test('%.nf is within half of the last digit', () => {
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true })
  fc.assert(
    fc.property(value, fc.integer({ min: 0, max: 6 }), (number, digits) => {
      const text = sprintf(`%.${digits}f`, [number])
      expect(text).toMatch(digits === 0 ? /^-?\d+$/ : new RegExp(`^-?\\d+\\.\\d{${digits}}$`))
      expect(Math.abs(Number(text) - number)).toBeLessThanOrEqual(0.5 * 10 ** -digits + 1e-9)
    }),
  )
})

test('an integer reads back in every base', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      for (const verb of ['%d', '%#x', '%#X', '%O', '%#b'])
        expect(parseInt64(sprintf(verb, [value]).toLowerCase())).toBe(value)
    }),
  )
})

test('a width is reached, with the sign before the zeros', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 6n), max: 10n ** 6n }), fc.integer({ min: 1, max: 20 }), (value, width) => {
      for (const flags of ['', '-', '0', '+', '+0', ' ']) {
        const text = sprintf(`%${flags}${width}d`, [value])
        expect(text.length).toBeGreaterThanOrEqual(width)
        expect(BigInt(text.trim().replace('+', ''))).toBe(value)
      }
    }),
  )
})

test('a quoted text reads back to the same text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const wellFormed = text.toWellFormed()
      expect(unquote(quoteGo(wellFormed))).toBe(wellFormed)
      expect(unquote(quoteGo(wellFormed, '"', true))).toBe(wellFormed)
      expect(quoteGo(wellFormed, '"', true)).toMatch(/^[\x20-\x7e]*$/)
    }),
  )
})

test('%s and %v give a text as it is, and no argument is lost', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (texts) => {
      expect(sprintf(texts.map(() => '%s').join('|'), texts)).toBe(texts.join('|'))
      expect(sprintf(texts.map(() => '%v').join('|'), texts)).toBe(texts.join('|'))
    }),
  )
})
