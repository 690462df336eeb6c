import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../../../../lib/errors/perf-error.ts'
import { parseTemplate, type RenderOptions, renderWithLines } from '../../../../lib/workload/template/template.ts'
import { dict, fromPlain, list, type Value } from '../../../../lib/workload/template/value.ts'

function render(text: string, data: Record<string, unknown> = {}, options?: RenderOptions): string {
  const entries = Object.entries(data).map(([key, value]): [string, Value] => [key, fromPlain(value)])
  return renderWithLines(parseTemplate(text, 'pod.yaml'), new Map(entries), options).text
}

describe('faults', () => {
  test.each([
    ['a: 1\nb: {{ add 1 }', 'pod.yaml:2:13: unexpected "}"'],
    ['a: 1\nb: {{ uppr .x }}', 'pod.yaml:2:7: function "uppr" is not defined; did you mean "upper"?'],
    ['{{ toYaml . }}', 'pod.yaml:1:4: function "toYaml" is not defined'],
    ['{{ genCA "x" 1 }}', 'pod.yaml:1:4: function "genCA" is not supported'],
    ['{{ .Iteratoin }}', 'pod.yaml:1:4: map has no entry for key "Iteratoin"; did you mean "Iteration"?'],
    ['\n\n  é{{ .Iteration | upper }}', 'pod.yaml:3:20: wrong type for value; expected string; got int'],
    ['{{ if .Iteration }}\n{{ else }}\n', 'pod.yaml:1:1: unexpected end of file: this block has no {{end}}'],
    ['x {{ end }}', 'pod.yaml:1:3: unexpected {{end}}'],
    ['{{ "x\n" }}', 'pod.yaml:1:4: unterminated quoted string'],
    ['{{ add\n"x }}', 'pod.yaml:2:1: unterminated quoted string (started in line 1)'],
    ['{{ 1i }}', 'pod.yaml:1:4: complex number 1i is not supported'],
    ['{{ index (list 1) 1 }}', 'pod.yaml:1:4: error calling index: index out of range: 1'],
    ['{{ fail "not today" }}', 'pod.yaml:1:4: error calling fail: not today'],
    ['{{ b64dec "%" }}', 'pod.yaml:1:4: error calling b64dec: illegal base64 data "%"'],
    ['{{ b64dec "/w==" }}', 'pod.yaml:1:4: error calling b64dec: the base64 data is no UTF-8 text'],
    ['{{ printf "%x" 1.5 }}', 'pod.yaml:1:4: error calling printf: %x of a float64 is not supported'],
    ['{{ ReadFile "x" }}', 'pod.yaml:1:4: error calling ReadFile: templates may read no files here'],
    ['{{ template "env" . }}', 'pod.yaml:1:1: template "env" is not defined'],
  ])('%j', (text, message) => {
    expect(() => render(text, { Iteration: 1 })).toThrow(new UsageError(message))
  })

  test('in a shared file name that file', () => {
    const shared = parseTemplate('{{define "env"}}\n{{.missing}}{{end}}', 'envs.tpl')
    const template = parseTemplate('{{template "env" .}}', 'pod.yaml', [shared])
    expect(() => renderWithLines(template, new Map())).toThrow('envs.tpl:2:3: map has no entry for key "missing"')
  })
})

test('shared files are called by their definitions and by their names, and stand over the definitions of the file', () => {
  const first = parseTemplate('{{define "a"}}first a{{end}}{{define "b"}}first b{{end}}whole {{.x}}', 'dir/first.tpl')
  const second = parseTemplate('{{define "a"}}second a{{end}}', 'second.tpl')
  const text = '{{define "b"}}own b{{end}}{{define "c"}}own c{{end}}'
  const calls = '{{template "a"}}, {{template "b"}}, {{template "c"}}, {{template "first.tpl" .}}'
  const template = parseTemplate(text + calls, 'pod.yaml', [first, second])
  expect(renderWithLines(template, new Map([['x', 'y']])).text).toBe('second a, first b, own c, whole y')
})

describe('nothing of the program is in reach', () => {
  test.each(['constructor', '__proto__', 'toString', 'entries', 'hasOwnProperty', 'kind'])(
    '.%s is a missing key',
    (name) => {
      expect(() => render(`{{ .${name} }}`)).toThrow(`map has no entry for key "${name}"`)
      expect(() => render(`{{ "x".${name} }}`)).toThrow('unexpected . after term')
      expect(() => render(`{{ (list 1).${name} }}`)).toThrow(`can't evaluate field ${name} in type []interface {}`)
      if (name !== 'toString') expect(() => render(`{{ ${name} }}`)).toThrow(/is not defined/)
      expect(render(`{{ (fromJson "{\\"${name}\\": 1}").${name} }}`)).toBe('1')
    },
  )

  test('the environment is the one that was given', () => {
    expect(
      render('{{ env "HOME" }}|{{ env "toString" }}|{{ expandenv "$HOME/$X" }}', {}, { environment: { X: 'y' } }),
    ).toBe('||/y')
  })

  test('files are those that the caller reads', () => {
    expect(render('{{ ReadFile "a" }}', {}, { readFile: (path) => `<${path}>` })).toBe('<a>')
  })
})

describe('bounds', () => {
  test.each([
    ['a loop within a loop', '{{range until 100000}}{{range until 100000}}{{end}}{{end}}', 'takes too many steps'],
    ['a count', '{{range 1000000000}}x{{end}}', /takes too many steps|characters of output/],
    ['output', '{{$x := repeat 4000000 "x"}}{{$x}}{{$x}}', 'more than 4194304 characters of output'],
    ['a list', '{{until 2000000000}}', 'a list of 2000000000 numbers is too long'],
    ['a text', '{{repeat 2000000000 "xx"}}', 'is too long'],
    ['doubling', '{{$x := "x"}}{{range until 100}}{{$x = print $x $x}}{{end}}', 'the result is too large'],
    ['doubling a list', '{{$x := list 1}}{{range until 100}}{{$x = concat $x $x}}{{end}}', 'the result is too large'],
    ['replacing', '{{replace "" (repeat 4000 "y") (repeat 4000 "x")}}', 'is too long'],
    ['indenting', '{{indent 4000 (repeat 4000 "\\n")}}', 'is too long'],
    ['width', '{{printf "%5000000d" 1}}', 'the result is too large'],
    ['random text', '{{randAlpha 2000000000}}', 'is too long'],
    ['recursion', '{{define "a"}}{{template "a"}}{{end}}{{template "a"}}', 'more than 200 templates call one another'],
    ['blocks', '{{if 1}}'.repeat(5000), 'more than 200 levels of blocks or parentheses'],
    ['else if', `{{if 0}}${'{{else if 0}}'.repeat(5000)}{{end}}`, 'more than 200 levels'],
    ['parentheses', `{{${'('.repeat(5000)}1${')'.repeat(5000)}}}`, 'more than 200 levels'],
    ['a pattern', '{{regexFind "((a{100}){100}){100}" "a"}}', 'the regular expression is too large'],
    ['matching', '{{regexFindAll "a(.*b)?" (repeat 8000 "a") -1}}', 'takes too long'],
  ])('on %s', (_, text, message) => {
    const fault = faultOf(() => render(text))
    expect(fault).toBeInstanceOf(UsageError)
    expect(fault?.message).toMatch(message)
  })
})

describe('chance', () => {
  const text =
    '{{randAlpha 8}} {{randAlphaNum 8}} {{randNumeric 8}} {{randInt 5 100}} {{uuidv4}} {{shuffle "abcdef"}} {{RandData 5}}'

  test('comes from the source that was given', () => {
    const seeded = () => {
      let state = 42
      return () => {
        state = (state * 1_103_515_245 + 12_345) % 2 ** 31
        return state / 2 ** 31
      }
    }
    const first = render(text, {}, { random: seeded() })
    expect(render(text, {}, { random: seeded() })).toBe(first)
    expect(first).toMatch(
      /^[A-Za-z]{8} [A-Za-z0-9]{8} [0-9]{8} \d+ [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12} [a-f]{6} [0-9A-Za-z]{5}$/,
    )
    expect(first.split(' ')[5]?.split('').sort().join('')).toBe('abcdef')
  })

  test('reaches both ends, and no further', () => {
    const highest = { random: () => 1 - Number.EPSILON }
    const lowest = { random: () => 0 }
    expect(
      render('{{randInt 3 9}} {{RandInt 9}} {{RandIntRange 3 9}} {{RandIntRange 9 3}} {{randAlpha 1}}', {}, lowest),
    ).toBe('3 0 3 9 a')
    expect(
      render('{{randInt 3 9}} {{RandInt 9}} {{RandIntRange 3 9}} {{RandIntRange 9 3}} {{randAlpha 1}}', {}, highest),
    ).toBe('8 9 9 9 Z')
  })
})

describe('time', () => {
  const options = { now: () => new Date('2026-11-21T02:03:04.056Z'), timeZone: 'Europe/Berlin' }

  test('is the one that was given, in the zone that was given', () => {
    expect(render('{{ now | date "2006-01-02 15:04:05 -0700" }}', {}, options)).toBe('2026-11-21 03:03:04 +0100')
    expect(render('{{ now.Unix }} {{ now | unixEpoch }} {{ now.UTC.Format "15:04:05.000" }}', {}, options)).toBe(
      '1795226584 1795226584 02:03:04.056',
    )
    expect(render('{{ now | dateModify "-25h" | date "Mon Jan _2" }} {{ htmlDate now }}', {}, options)).toBe(
      'Fri Nov 20 2026-11-21',
    )
    expect(render('{{ now | toJson }} {{ now }}', {}, { now: options.now })).toBe(
      '"2026-11-21T02:03:04.056Z" 2026-11-21 02:03:04.056 +0000 UTC',
    )
  })
})

test('ClusterLoader2 has its own arithmetic', () => {
  const text = [
    '{{AddInt 1 2 3}} {{SubtractInt 5 7}} {{MultiplyInt 2 3 4}} {{DivideInt 7 2}} {{DivideInt -7 2}} {{DivideFloat 7 2}}',
    '{{MaxInt 1 5 3}} {{MinInt 4 2}} {{MaxFloat 1.5 "2.5"}} {{Mod 7 3}} {{Ceil 1.2}} {{AddFloat 0.1 0.2}} {{AddInt}}',
    '{{DefaultParam .missing 30}} {{DefaultParam .given 30}} {{IfThenElse true "a" "b"}} {{IfThenElse (gt 1 2) "a" "b"}}',
    '{{range $i := Loop 3}}{{$i}},{{end}} {{Seq 2}} {{SliceOfZeros 1}} {{StringSplit "a,b"}} {{Lowercase "AbC"}}',
    'x: {{YamlQuote "a: b\\nc" 1}}',
  ].join('\n')
  expect(render(text, { given: 5 }, { missingKey: 'zero' })).toBe(
    [
      '6 -2 24 3 -3 3.5',
      '5 2 2.5 1 2 0.30000000000000004 0',
      '30 5 a b',
      '0,1,2, [0 0] [0] [a b] abc',
      'x: |-\n    a: b\n    c\n  ',
    ].join('\n'),
  )
  expect(() => render('{{DivideInt 1 0}}')).toThrow('error calling DivideInt: division by zero')
  expect(() => render('{{AddInt "x"}}')).toThrow('cannot cast x to float64')
  expect(() => render('{{MaxInt}}')).toThrow('maximum undefined')
})

test('a text may be sliced too, though sprig hides the slice of text/template', () => {
  expect(render('{{slice "hello" 1 3}} {{slice "hello" 2}} {{slice "héllo" 0 3}}')).toBe('el llo hé')
  expect(() => render('{{slice "hello" 4 3}}')).toThrow('invalid slice index: 4 > 3')
})

test('a rendered line is told from the line that it comes from', () => {
  const template = parseTemplate(
    'a: 1\n{{- /* two\nlines */}}\n{{range until 2}}\nb{{.}}: {{.}}\n{{end}}{{template "t"}}\nc: 1\n{{define "t"}}\nd: 1\ne: 1{{end}}',
    'x',
  )
  const { text, sourceLine } = renderWithLines(template, new Map())
  const lines = text.split('\n').map((line, index, all) => {
    return [line, sourceLine(all.slice(0, index).join('\n').length + (index > 0 ? 1 : 0))]
  })
  expect(lines).toEqual([
    ['a: 1', 1],
    ['', 4],
    ['b0: 0', 5],
    ['', 4],
    ['b1: 1', 5],
    ['', 6],
    ['d: 1', 6],
    ['e: 1', 6],
    ['c: 1', 7],
    ['', 8],
  ])
})

test('data that the caller gives stays as it is, except for what set changes within it', () => {
  const inner = dict([['x', 1n]])
  const data = new Map<string, Value>([
    ['m', inner],
    ['l', list([1n])],
  ])
  const template = parseTemplate('{{$_ := set . "new" 1}}{{$_ := set .m "x" 2}}{{append .l 2}}{{.new}}{{.m.x}}', 'x')
  expect(renderWithLines(template, data).text).toBe('[1 2]12')
  expect([...data.keys()]).toEqual(['m', 'l'])
  expect(inner.entries.get('x')).toBe(2n)
})

test('whatever the text, it renders or has a fault with its place', () => {
  const pieces = fc.constantFrom(
    ...'{{ }} - if else end range with define template block . .a $x := = | ( ) "s" `r` 1 -2 0x nil true , print add index list printf break continue /* */ \n'.split(
      ' ',
    ),
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(' ')),
  )
  fc.assert(
    fc.property(text, (source) => {
      const fault = faultOf(() => render(source, { a: [1, 'x', { b: null }] }))
      expect(fault === undefined || (fault instanceof UsageError && /^pod\.yaml:\d+:\d+: ./.test(fault.message))).toBe(
        true,
      )
    }),
    { numRuns: 2000 },
  )
})

test('a text without {{ is its own rendering', () => {
  fc.assert(
    fc.property(
      fc.string().filter((text) => !text.includes('{{')),
      (text) => {
        expect(render(text)).toBe(text)
      },
    ),
  )
})

function faultOf(run: () => unknown): Error | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    return error as Error
  }
}
