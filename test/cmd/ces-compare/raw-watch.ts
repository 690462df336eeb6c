import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'vitest'
import type { CesRow } from '../../../lib/record/details/ces-details.ts'
import type { ControlPlane } from '../../cluster/control-plane.ts'

const PATHS = {
  cep: '/apis/cilium.io/v2/ciliumendpoints',
  ces: '/apis/cilium.io/v2alpha1/ciliumendpointslices',
} as const

type Kind = keyof typeof PATHS
export type Counts = Record<'ADDED' | 'MODIFIED' | 'DELETED', { events: number; bytes: number }>

export interface RawWatch extends AsyncDisposable {
  /** What kubectl got of the objects of a namespace so far. */
  counts(namespace: string): Counts
}

/**
 * Watches a kind with kubectl, which writes down what the API server sends, byte for byte. The API server ends the watch of a
 * client that is slow for a moment, as any is on a busy machine: then another kubectl goes on after the last event.
 */
export async function startRawWatch(cluster: ControlPlane, kind: Kind): Promise<RawWatch> {
  const list = await cluster.kubectl(['get', '--raw', `${PATHS[kind]}?limit=1`])
  const { metadata } = JSON.parse(list) as { metadata: { resourceVersion: string } }
  const events: Event[] = []
  const watch: { child?: ChildProcess; isStopped: boolean; fault?: string } = { isStopped: false }
  const follow = async () => {
    while (!watch.isStopped && watch.fault === undefined) {
      const resourceVersion = events.at(-1)?.resourceVersion ?? metadata.resourceVersion
      const query = new URLSearchParams({ watch: '1', resourceVersion, timeoutSeconds: '1800' })
      const child = spawn(cluster.kubectlPath, ['get', '--raw', `${PATHS[kind]}?${query.toString()}`], {
        env: { ...process.env, ...cluster.environment },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      watch.child = child
      let rest = ''
      child.stdout.setEncoding('latin1').on('data', (text: string) => {
        const lines = `${rest}${text}`.split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) {
          const event = eventOf(line)
          if (event === undefined) watch.fault = line
          else events.push(event)
        }
      })
      const [code] = (await once(child, 'close')) as [number | null]
      if (code !== 0 && !watch.isStopped) watch.fault = `kubectl ended with exit code ${code}`
    }
  }
  const ended = follow()
  return {
    counts(namespace) {
      if (watch.fault !== undefined) throw new Error(`the watch of kubectl: ${watch.fault}`)
      const none = () => ({ events: 0, bytes: 0 })
      const counts: Counts = { ADDED: none(), MODIFIED: none(), DELETED: none() }
      for (const { type, bytes } of events.filter((event) => event.namespace === namespace)) {
        counts[type].events += 1
        counts[type].bytes += bytes
      }
      return counts
    },
    async [Symbol.asyncDispose]() {
      watch.isStopped = true
      watch.child?.kill()
      await ended
    },
  }
}

/** What a row has is what kubectl got of a namespace, which may come a moment after the program's own events. */
export async function expectSame({ byType }: CesRow, watch: RawWatch, namespace: string): Promise<void> {
  await expect.poll(() => watch.counts(namespace), { timeout: 30_000, interval: 200 }).toEqual(byType)
}

interface Event {
  type: keyof Counts
  namespace: string | undefined
  resourceVersion: string
  bytes: number
}

/** Undefined for what is no event of an object, such as that the API server has forgotten where to go on. */
function eventOf(line: string): Event | undefined {
  const { type, object } = JSON.parse(line) as {
    type: string
    object: { namespace?: string; metadata: { namespace?: string; resourceVersion: string } }
  }
  if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') return undefined
  const { namespace, resourceVersion } = object.metadata
  return { type, namespace: object.namespace ?? namespace, resourceVersion, bytes: line.length + 1 }
}
