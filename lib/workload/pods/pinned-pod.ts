import { type PodOptions, podManifest } from './pod-manifest.ts'

/** A pod that the scheduler can place on this one node only: it still checks that there is room. */
export function pinnedPod(name: string, pod: PodOptions, node: string): object {
  const manifest = podManifest(name, pod) as { spec: object }
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }]
  const requiredDuringSchedulingIgnoredDuringExecution = { nodeSelectorTerms: [{ matchFields }] }
  return {
    ...manifest,
    spec: { ...manifest.spec, affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution } } },
  }
}
