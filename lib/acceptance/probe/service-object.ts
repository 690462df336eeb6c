import { objectName } from '../../run/run-scope.ts'
import type { Room } from './measure-in-scope.ts'
import { ROLE_LABEL, SERVER_PORT } from './probe-pods.ts'

/** What this program reads of a Service. */
export interface ServiceObject {
  metadata: {
    name: string
    namespace?: string
    uid?: string
    finalizers?: readonly string[]
    annotations?: Readonly<Record<string, string>>
  }
  spec: {
    type?: string
    clusterIP?: string
    ports?: readonly { port: number; nodePort?: number }[]
  }
  status?: {
    loadBalancer?: { ingress?: readonly { ip?: string; hostname?: string }[] }
    conditions?: readonly { type: string; status: string; reason?: string; message?: string }[]
  }
}

export const SERVICE_PORT = 80

/** A Service in front of the server pods of a role. */
export function serviceManifest(
  { scope }: Pick<Room, 'scope'>,
  { name, type, role }: { name: string; type: 'NodePort' | 'LoadBalancer'; role: string },
): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: objectName(scope, name), labels: scope.labels },
    spec: {
      type,
      selector: { ...scope.labels, [ROLE_LABEL]: role },
      ports: [{ name: 'echo', port: SERVICE_PORT, targetPort: SERVER_PORT, protocol: 'TCP' }],
    },
  }
}
