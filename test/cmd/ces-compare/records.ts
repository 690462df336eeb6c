import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { expect } from 'vitest'
import { type CesDetails, CesDetailsSchema, type CesRow, cesDetails } from '../../../lib/record/details/ces-details.ts'
import type { RunRecord } from '../../../lib/record/run-record.ts'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { type Ended, recordOf, startCommandLine } from '../run-command-line.ts'

const ajv = new Ajv({ strict: false })
addFormats.default(ajv)
const isRecord = ajv.compile(JSON.parse(readFileSync('docs/run-record.schema.json', 'utf8')) as object)
const areDetails = ajv.compile(CesDetailsSchema)

export interface Compared {
  record: RunRecord
  details: CesDetails
  ended: Ended
}

/** One that runs. */
export interface Comparing {
  /** What it has written so far. */
  readonly stderr: () => string
  readonly compared: Promise<Compared>
}

/** Starts ces-compare, which is to end with a record that the schemas take, and nothing of it left in the cluster. */
export function startComparing(
  cluster: ControlPlane,
  exitCode: number,
  argv: readonly string[],
  kubeconfig = cluster.kubeconfig,
): Comparing {
  const { stderr, ended } = startCommandLine(kubeconfig, ['ces-compare', '-o', 'json', ...argv])
  return { stderr, compared: ended.then((how) => checked(cluster, exitCode, how)) }
}

/** The same until it has ended. */
export function compare(...line: Parameters<typeof startComparing>): Promise<Compared> {
  return startComparing(...line).compared
}

async function checked(cluster: ControlPlane, exitCode: number, ended: Ended): Promise<Compared> {
  expect(ended.exitCode, ended.stderr).toBe(exitCode)
  const record = recordOf(ended)
  expect(isRecord(record), JSON.stringify(isRecord.errors)).toBe(true)
  expect(areDetails(record.details), JSON.stringify(areDetails.errors)).toBe(true)
  await expectNothingLeft(cluster, record.runId)
  const details = cesDetails(record)
  if (details === undefined) throw new Error('no details of ces-compare')
  return { record, details, ended }
}

/** Neither namespaces nor endpoints of the run, nor slices of its namespace. */
export async function expectNothingLeft(cluster: ControlPlane, runId: string): Promise<void> {
  const kinds = 'namespaces,ciliumendpoints,pods'
  expect(await cluster.kubectl(['get', kinds, '-A', '-l', `kubectl-perf/run=${runId}`, '-o', 'name'])).toBe('')
  expect(await slicesOf(cluster, `perf-${runId}-0`)).toEqual([])
}

/** Names of the slices of a namespace. */
export async function slicesOf(cluster: ControlPlane, namespace: string): Promise<string[]> {
  const list = JSON.parse(await cluster.kubectl(['get', 'ciliumendpointslices', '-o', 'json'])) as {
    items: { namespace: string; metadata: { name: string } }[]
  }
  return list.items.filter((slice) => slice.namespace === namespace).map(({ metadata }) => metadata.name)
}

export function rowOf({ rows }: CesDetails, kind: CesRow['kind'], basis: CesRow['basis']): CesRow {
  const row = rows.find((candidate) => candidate.kind === kind && candidate.basis === basis)
  if (row === undefined) throw new Error(`no row of ${kind}, ${basis}`)
  return row
}

/** A CiliumEndpoint as `kubectl create -f -` takes it. */
export function endpointYaml(namespace: string, name: string, address = '198.18.200.1'): string {
  return JSON.stringify({
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumEndpoint',
    metadata: { name, namespace },
    status: {
      id: 1,
      identity: { id: 300, labels: ['k8s:app=x'] },
      networking: { addressing: [{ ipv4: address }], node: '198.18.200.254' },
      state: 'ready',
    },
  })
}
