import { expect, test } from 'vitest'
import { podOfLine } from '../../../../lib/workload/pods/pod-line.ts'

const metadata = { name: 'a', namespace: 'ns', labels: { x: ']},"spec":{' } }
const managedFields = [
  { manager: 'a "managedFields":[ ]},"spec":{', fieldsV1: { 'f:spec': { 'k:{"name":"main"}': {} } } },
  { manager: 'b', fieldsV1: { 'f:metadata': {} } },
]
const spec = { nodeName: 'node-a', containers: [{ name: 'main', args: [']},"spec":{'] }] }
const status = { phase: 'Running' }
const parse = (object: object) => podOfLine(Buffer.from(JSON.stringify({ type: 'ADDED', object })))

test('the pod comes without its managed fields, whatever its strings hold', () => {
  const pod = parse({ kind: 'Pod', metadata: { ...metadata, managedFields }, spec, status })
  expect(pod).toEqual({ kind: 'Pod', metadata: { ...metadata, managedFields: [] }, spec, status })
})

test('lines of another shape are parsed whole', () => {
  expect(parse({ metadata, spec, status })).toEqual({ metadata, spec, status })
  const elsewhere = { metadata: { managedFields, ...metadata }, spec, status }
  expect(parse(elsewhere)).toEqual(elsewhere)
  expect(parse({ spec, metadata: { managedFields } })).toEqual({ spec, metadata: { managedFields } })
})
