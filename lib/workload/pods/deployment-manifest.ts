import { type PodOptions, podManifest } from './pod-manifest.ts'

/** A Deployment of pods as `podManifest` makes them. It selects them by its own name, so that two never share pods. */
export function deploymentManifest(name: string, replicas: number, pod: PodOptions): object {
  const { activeDeadlineSeconds: _, ...podOptions } = pod
  const labels = { ...pod.labels, app: name }
  const template = podManifest(name, { ...podOptions, labels }) as { spec: object }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels: pod.labels },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels }, spec: template.spec },
    },
  }
}
