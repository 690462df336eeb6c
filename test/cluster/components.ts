import { join } from 'node:path'
import { clusterAddresses } from './addresses.ts'
import type { BinaryName } from './binaries/pinned-binaries.ts'
import { certificateFile, keyFile, serviceAccountKeyFile, serviceAccountPublicKeyFile } from './certificates.ts'
import { operatorSettings } from './cilium/operator.ts'
import { type ClusterState, clusterFolder } from './cluster-folder.ts'
import { kubeconfigFile } from './kubeconfig-file.ts'

/** The processes of a control plane. */
export type Component =
  | Extract<
      BinaryName,
      'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kwok' | 'cilium-operator'
    >
  | 'kube-apiserver-2'

const args: Readonly<Record<Component, (state: ClusterState) => string[]>> = {
  etcd: etcdArgs,
  'kube-apiserver': (state) => apiServerArgs(state, clusterAddresses(state.slot).ports.apiServer),
  'kube-apiserver-2': (state) => apiServerArgs(state, clusterAddresses(state.slot).ports.secondApiServer),
  'kube-controller-manager': controllerManagerArgs,
  'kube-scheduler': schedulerArgs,
  kwok: kwokArgs,
  'cilium-operator': ciliumOperatorArgs,
}

export function isControlPlaneComponent(component: string): component is Component {
  return component in args
}

/** Two processes may be of one program. */
export function componentBinary(component: Component): BinaryName {
  return component === 'kube-apiserver-2' ? 'kube-apiserver' : component
}

/** The command line of a component, without the binary. */
export function componentArgs(component: Component, state: ClusterState): string[] {
  return args[component](state)
}

function etcdArgs(state: ClusterState): string[] {
  const folder = clusterFolder(state.name)
  const { ports } = clusterAddresses(state.slot)
  const client = `https://127.0.0.1:${ports.etcd}`
  const peer = `http://127.0.0.1:${ports.etcdPeer}`
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    // The data goes with the cluster: waiting for the disk would measure the machine that runs the test.
    '--unsafe-no-fsync',
    '--log-level=warn',
    `--cert-file=${certificateFile(folder, 'etcd')}`,
    `--key-file=${keyFile(folder, 'etcd')}`,
    '--client-cert-auth',
    `--trusted-ca-file=${certificateFile(folder, 'ca')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
  ]
}

function apiServerArgs(state: ClusterState, port: number): string[] {
  const folder = clusterFolder(state.name)
  const addresses = clusterAddresses(state.slot)
  const certificate = (flag: string, keyFlag: string, name: string) => [
    `--${flag}=${certificateFile(folder, name)}`,
    `--${keyFlag}=${keyFile(folder, name)}`,
  ]
  return [
    `--etcd-servers=https://127.0.0.1:${addresses.ports.etcd}`,
    `--etcd-cafile=${certificateFile(folder, 'ca')}`,
    ...certificate('etcd-certfile', 'etcd-keyfile', 'apiserver-etcd-client'),
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    // It would publish 127.0.0.1 as the kubernetes Service's endpoint, which the API itself refuses.
    '--endpoint-reconciler-type=none',
    `--service-cluster-ip-range=${[addresses.serviceCidr, ...(state.dualStack ? [addresses.ipv6.serviceCidr] : [])].join()}`,
    ...certificate('tls-cert-file', 'tls-private-key-file', 'apiserver'),
    `--client-ca-file=${certificateFile(folder, 'ca')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${serviceAccountPublicKeyFile(folder)}`,
    `--service-account-signing-key-file=${serviceAccountKeyFile(folder)}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    '--allow-privileged=true',
    ...certificate('kubelet-client-certificate', 'kubelet-client-key', 'apiserver-kubelet-client'),
    `--kubelet-certificate-authority=${certificateFile(folder, 'ca')}`,
    '--kubelet-preferred-address-types=InternalIP',
    // This machine has routes to pods, but nothing that serves the addresses of Services.
    '--enable-aggregator-routing=true',
    `--requestheader-client-ca-file=${certificateFile(folder, 'ca')}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    ...certificate('proxy-client-cert-file', 'proxy-client-key-file', 'front-proxy-client'),
    ...state.apiServerFlags,
  ]
}

function controllerManagerArgs(state: ClusterState): string[] {
  const folder = clusterFolder(state.name)
  return [
    ...clientArgs(state, 'kube-controller-manager'),
    `--secure-port=${clusterAddresses(state.slot).ports.controllerManager}`,
    `--root-ca-file=${certificateFile(folder, 'ca')}`,
    `--service-account-private-key-file=${serviceAccountKeyFile(folder)}`,
    '--use-service-account-credentials=true',
    // A start waits until it has looked at all nodes (node-readiness.ts), by default every 5 s.
    '--node-monitor-period=1s',
    // Nobody asks this cluster for a certificate, and its signers would take four of the user's few inotify instances.
    '--controllers=*,-csrsigning',
    // A thousand fake nodes do not fit in any range of this rig.
    '--allocate-node-cidrs=false',
  ]
}

function schedulerArgs(state: ClusterState): string[] {
  return [...clientArgs(state, 'kube-scheduler'), `--secure-port=${clusterAddresses(state.slot).ports.scheduler}`]
}

/** What controller manager and scheduler have in common. */
function clientArgs(state: ClusterState, component: Component): string[] {
  const folder = clusterFolder(state.name)
  const kubeconfig = kubeconfigFile(folder, component)
  return [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--bind-address=127.0.0.1',
    `--tls-cert-file=${certificateFile(folder, component)}`,
    `--tls-private-key-file=${keyFile(folder, component)}`,
    '--leader-elect=false',
    // The defaults (20 and 50 requests a second) are for clusters that have minutes.
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
  ]
}

function kwokArgs(state: ClusterState): string[] {
  const folder = clusterFolder(state.name)
  const addresses = clusterAddresses(state.slot)
  return [
    `--kubeconfig=${kubeconfigFile(folder, 'kwok')}`,
    `--config=${kwokConfigFile(folder)}`,
    '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
    `--cidr=${addresses.fakePodCidr}`,
    '--node-ip=127.0.0.1',
    `--node-port=${addresses.ports.kwok}`,
    `--server-address=127.0.0.1:${addresses.ports.kwok}`,
    `--tls-cert-file=${certificateFile(folder, 'kwok')}`,
    `--tls-private-key-file=${keyFile(folder, 'kwok')}`,
  ]
}

function ciliumOperatorArgs(state: ClusterState): string[] {
  const { ports } = clusterAddresses(state.slot)
  return [
    `--k8s-kubeconfig-path=${kubeconfigFile(clusterFolder(state.name), 'cilium-operator')}`,
    '--k8s-namespace=kube-system',
    `--operator-api-serve-addr=127.0.0.1:${ports.ciliumOperator}`,
    `--operator-prometheus-serve-addr=127.0.0.1:${ports.ciliumOperatorMetrics}`,
    `--gops-port=${ports.ciliumOperatorDebug}`,
    ...Object.entries(operatorSettings(state)).map(([name, value]) => `--${name}=${value}`),
  ]
}

export function kwokConfigFile(folder: string): string {
  return join(folder, 'kwok.yaml')
}
