import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { UsageError } from '../../../../lib/errors/perf-error.ts'
import { sprintf } from '../../../../lib/workload/template/format/printf.ts'
import { parseTemplate, type RenderOptions, renderWithLines } from '../../../../lib/workload/template/template.ts'
import { dict, fromPlain, type Value } from '../../../../lib/workload/template/value.ts'

interface Group {
  data: unknown
  missingKey?: NonNullable<RenderOptions['missingKey']>
  templates: string[]
}

interface Rendering {
  template: string
  output?: string
  error?: string
  line?: number
}

const here = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')
const groups = parse(here('cases.yaml'), { intAsBigInt: true }) as Group[]
const recorded = JSON.parse(here('recorded.json')) as {
  renderings: Rendering[][]
  formats: string[]
  floats: { bits: string; texts: string[] }[]
}

const cases = groups.flatMap(({ data, missingKey, templates }, group) =>
  templates.map((template, index) => ({
    template,
    data,
    missingKey: missingKey ?? ('error' as const),
    go: recorded.renderings[group]?.[index],
  })),
)

function mapOf(data: unknown): Map<string, Value> {
  const value = fromPlain(data, { numbers: 'float64' })
  return typeof value === 'object' && value !== null && value.kind === 'dict' ? value.entries : dict().entries
}

describe('templates give what Go gives', () => {
  test('the record is of these very templates', () => {
    expect(recorded.renderings.map((group) => group.map(({ template }) => template))).toEqual(
      groups.map(({ templates }) => templates),
    )
    expect(cases.length).toBeGreaterThan(400)
  })

  test.each(cases)('$template', ({ template, data, missingKey, go }) => {
    const render = () => renderWithLines(parseTemplate(template, 'case'), mapOf(data), { missingKey }).text
    if (go?.error === undefined) {
      expect(render()).toBe(go?.output)
      return
    }
    const fault = faultOf(render)
    expect(fault, go.error).toBeInstanceOf(UsageError)
    const [, line] = /^case:(\d+):\d+: ./.exec(fault?.message ?? '') ?? []
    expect(Number(line), `${fault?.message} | ${go.error}`).toBe(go.line)
  })
})

test('float64s print as Go prints them', () => {
  const wrong = recorded.floats.flatMap(({ bits, texts }) => {
    const value = Buffer.from(bits, 'hex').readDoubleBE()
    return recorded.formats.flatMap((format, index) => {
      const ours = sprintf(format, [value])
      return ours === texts[index] ? [] : [{ bits, format, ours, go: texts[index] }]
    })
  })
  expect(recorded.floats.length).toBeGreaterThan(400)
  expect(wrong).toEqual([])
})

function faultOf(run: () => unknown): Error | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    return error as Error
  }
}
