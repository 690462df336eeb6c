import fc from 'fast-check'
import { expect, test } from 'vitest'
import { html, jsonForScript } from '../../../../lib/report/html/html.ts'
import { htmlReport } from '../../../../lib/report/html/html-report.ts'
import { hostileRecord } from './hostile-record.ts'

test('values are escaped for text and for attributes, markup is not escaped again', () => {
  const name = `<b>&"'`
  expect(html`<p title="${name}">${name}${html`<i>${1.5}</i>`}${undefined}${['a', '<']}</p>`.markup).toBe(
    '<p title="&lt;b&gt;&amp;&quot;&#39;">&lt;b&gt;&amp;&quot;&#39;<i>1.5</i>a&lt;</p>',
  )
})

test('control characters and turns of the direction are shown; line breaks stay', () => {
  expect(html`${'a\u001b[1m\u0000\u202eb\r\nc\ud800'}`.markup).toBe('a^[[1m^@\\u202eb\nc\ufffd')
})

test('JSON inside a script is the same value, without a character that could end it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const { markup } = jsonForScript({ value })
      expect(JSON.parse(markup)).toEqual(JSON.parse(JSON.stringify({ value })))
      expect(markup).not.toMatch(/[<>&\u2028\u2029]/)
    }),
  )
  expect(jsonForScript('</script><!--').markup).toBe('"\\u003c/script\\u003e\\u003c!--"')
})

test('whatever texts a record has, the tags of its page are the same', () => {
  const assets = { script: '0', style: '' }
  const tagsOf = (text: string) => {
    const page = [...htmlReport(hostileRecord(text), {}, assets)].join('')
    const body = page.slice(page.indexOf('<body>')).replaceAll(/<script type="application\/json">.*?<\/script>/g, '')
    // Values of attributes are quoted and escaped, so a tag ends where the first > stands.
    return Array.from(
      body.matchAll(/<(\/?[a-z][a-z0-9]*)((?: [a-z-]+(?:="[^"<>]*")?)*)\/?>|[<>]/g),
      ([whole, name = '', attributes = '']) =>
        name === ''
          ? `stray ${whole}`
          : [name, ...Array.from(attributes.matchAll(/ ([a-z-]+)(?:=|$| )/g), ([, attribute]) => attribute)].join(' '),
    )
  }
  // Of the same length in words, since short names are not broken.
  const harmless = tagsOf('x'.repeat(30))
  const parts = fc.constantFrom(
    '<',
    '>',
    '"',
    "'",
    '&',
    '</script>',
    '<!--',
    ' onerror=',
    '`',
    '=',
    '\u202e',
    '\u0000',
    '${',
    'a',
  )
  const texts = fc.array(parts, { minLength: 30, maxLength: 40 }).map((all) => all.join(''))
  fc.assert(
    fc.property(texts, (text) => {
      expect(tagsOf(text)).toEqual(harmless)
    }),
    { numRuns: 8 },
  )
}, 60_000)
