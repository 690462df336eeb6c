import { clusterAddresses } from './addresses.ts'
import { type CertificateSubject, createAuthority, issueCertificate } from './certificates.ts'
import { type ClusterState, clusterFolder } from './cluster-folder.ts'
import { writeKubeconfig } from './kubeconfig-file.ts'

/** Where the API server answers; where there are two, their balancer does. */
export function serverUrl({ slot, secondApiServer }: ClusterState): string {
  const { ports } = clusterAddresses(slot)
  return `https://127.0.0.1:${secondApiServer ? ports.apiBalancer : ports.apiServer}`
}

/** Where each API server answers itself: `127.0.0.1:21002`. */
export function apiServerAddresses({ slot, secondApiServer }: ClusterState): string[] {
  const { ports } = clusterAddresses(slot)
  return [ports.apiServer, ...(secondApiServer ? [ports.secondApiServer] : [])].map((port) => `127.0.0.1:${port}`)
}

/** Makes the authority, all certificates and the kubeconfigs of a new cluster. */
export async function createCredentials(state: ClusterState): Promise<void> {
  const folder = clusterFolder(state.name)
  const addresses = clusterAddresses(state.slot)
  const local = ['localhost', '127.0.0.1']
  const service = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local']
  const administrators = ['system:masters']
  const certificates: Record<string, CertificateSubject> = {
    etcd: { user: 'etcd', hosts: local },
    apiserver: {
      user: 'kube-apiserver',
      hosts: [...local, ...service, addresses.serviceAddress, addresses.hostAddress],
    },
    'apiserver-etcd-client': { user: 'kube-apiserver-etcd-client' },
    'apiserver-kubelet-client': { user: 'kube-apiserver-kubelet-client', groups: administrators },
    'front-proxy-client': { user: 'front-proxy-client' },
  }
  const users: Record<string, CertificateSubject> = {
    admin: { user: 'admin', groups: administrators },
    restricted: { user: 'restricted' },
    'kube-controller-manager': { user: 'system:kube-controller-manager', hosts: local },
    'kube-scheduler': { user: 'system:kube-scheduler', hosts: local },
    kwok: { user: 'kwok', groups: administrators, hosts: local },
    'cilium-operator': { user: 'cilium-operator', groups: administrators },
  }
  await createAuthority(folder)
  await Promise.all([
    ...Object.entries(certificates).map(([name, subject]) => issueCertificate(folder, name, subject)),
    ...Object.entries(users).map(([name, subject]) => createUser(state, name, subject)),
  ])
}

/** Issues a client certificate and writes `<name>.kubeconfig` with it. Gives the file's path. */
export async function createUser(
  state: ClusterState,
  name: string,
  subject: CertificateSubject,
  server = serverUrl(state),
): Promise<string> {
  const folder = clusterFolder(state.name)
  await issueCertificate(folder, name, subject)
  return writeKubeconfig(folder, state.name, server, name)
}
