import { expect, test } from 'vitest'
import { viewOf } from '../../../cmd/report/renderers.ts'
import { recorded, recordedNames } from '../../lib/report/html/recorded.ts'

// Tables of real runs of all commands, at the widths of a split terminal, a phone and a plain one.

const WIDTHS = [40, 60, 80, 120] as const

/** Cells stand three spaces apart; a threshold below its item stays whole, with its figure before it. */
function isOfTable(line: string): boolean {
  return / {3}\S/.test(line) && !/^ +\S+ {3}\S+$/.test(line)
}

test.each(recordedNames().flatMap((name) => WIDTHS.map((width) => [name, width] as const)))(
  'no row of a table of %s is wider than %i columns',
  async (name, columns) => {
    const record = recorded(name)
    const { render } = await viewOf(record)
    const lines = render(record, { wide: false, headers: true, color: false, columns }).split('\n')
    expect(lines.filter((line) => isOfTable(line) && line.length > columns)).toEqual([])
  },
)

test('on a narrow terminal the verdict is broken at words, and the command in it stays whole', async () => {
  const record = recorded('density')
  const cleanUpCommand = 'kubectl perf cleanup --run 4c5b6z -y --context production'
  const kept = {
    ...record,
    parameters: { ...record.parameters, keep: true },
    details: { ...record.details, cleanUpCommand },
  }
  const { render } = await viewOf(kept)
  const text = render(kept, { wide: false, headers: true, color: false, columns: 40 })
  expect(text.slice(text.indexOf('FAILED'))).toMatchInlineSnapshot(`
    "FAILED in 2m52s: 1 of 1 threshold does
    not hold. Kept in the cluster: remove
    with
    "kubectl perf cleanup --run 4c5b6z -y --context production".
    "
  `)
})

test('on a narrow terminal rows can still be told apart', async () => {
  const record = recorded('netperf')
  const { render } = await viewOf(record)
  const text = render(record, { wide: false, headers: true, color: false, columns: 40 })
  expect(text.slice(0, text.indexOf('\n\n'))).toMatchInlineSnapshot(`
    "PROTOCOL   PLACEMENT          THROUGHPUT
    tcp        same-node    10.4 Gbit/s ±0.4
    tcp        other-node   13.2 Gbit/s ±7.8
    udp        same-node    100 Mbit/s ±0.02
    udp        other-node   100 Mbit/s ±0.02"
  `)
})
