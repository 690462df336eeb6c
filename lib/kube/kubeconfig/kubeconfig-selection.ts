import type { ConnectionOptions, Environment } from './connection-options.ts'
import { KubeconfigError } from './kubeconfig-error.ts'
import type { ClusterEntry, ContextEntry, Kubeconfig, UserEntry } from './kubeconfig-file.ts'

// Which context, cluster and user a run uses, with the flags laid over them: client-go's clientcmd/client_config.go.

export interface Selection {
  contextName: string
  clusterName: string
  userName: string
  /** Empty where neither the flag nor the context names one. */
  namespace: string
  cluster: ClusterEntry
  user: UserEntry
}

const NO_CLUSTER: ClusterEntry = {
  server: '',
  tlsServerName: '',
  insecureSkipTlsVerify: false,
  certificateAuthority: '',
  certificateAuthorityData: '',
  proxyUrl: '',
  disableCompression: false,
  extensions: {},
}

const NO_USER: UserEntry = {
  clientCertificate: '',
  clientCertificateData: '',
  clientKey: '',
  clientKeyData: '',
  token: '',
  tokenFile: '',
  as: '',
  asUid: '',
  asGroups: [],
  asUserExtra: {},
  username: '',
  password: '',
  authProvider: undefined,
  exec: undefined,
  origin: '',
}

/**
 * Chooses by flags, then by the current context. A name that a flag gives must exist; one that the file gives need not
 * (kubectl finds out later that there is no server).
 */
export function selectFromKubeconfig(
  config: Kubeconfig,
  options: ConnectionOptions,
  environment: Environment,
): Selection {
  const contextName = options.context || config.currentContext
  const context = config.contexts.get(contextName)
  if (context === undefined && options.context) throw missing('context', contextName, config.contexts, '--context')
  const clusterName = options.cluster || (context?.cluster ?? '')
  const cluster = config.clusters.get(clusterName)
  if (cluster === undefined && options.cluster) throw missing('cluster', clusterName, config.clusters, '--cluster')
  const userName = options.user || (context?.user ?? '')
  const user = config.users.get(userName)
  if (user === undefined && options.user) throw missing('auth info', userName, config.users, '--user')
  if (context === undefined && contextName !== '') {
    throw new KubeconfigError(
      `Error in configuration: context was not found for specified context: ${contextName}`,
      knownNames(config.contexts, '--context'),
    )
  }
  return {
    contextName,
    clusterName,
    userName,
    namespace: options.namespace || (context?.namespace ?? ''),
    cluster: overrideCluster(cluster, options, environment),
    user: overrideUser(user ?? NO_USER, options),
  }
}

/** True where neither a file nor a flag says anything about a server: then kubectl looks whether it runs in a pod. */
export function isEmptySelection(selection: Selection, config: Kubeconfig, options: ConnectionOptions): boolean {
  return !config.clusters.has(selection.clusterName) && !options.server
}

function overrideCluster(
  entry: ClusterEntry | undefined,
  options: ConnectionOptions,
  environment: Environment,
): ClusterEntry {
  const cluster = entry ?? { ...NO_CLUSTER }
  // --insecure-skip-tls-verify and --certificate-authority each push aside everything the file says about trust.
  const trust =
    options.insecureSkipTlsVerify || options.certificateAuthority
      ? {
          insecureSkipTlsVerify: options.insecureSkipTlsVerify ?? false,
          certificateAuthority: options.certificateAuthority ?? '',
          certificateAuthorityData: '',
        }
      : {}
  return {
    ...cluster,
    server: options.server || cluster.server || environment.variables.KUBERNETES_MASTER || 'http://localhost:8080',
    // Another server has another name: --server alone clears the one of the file.
    tlsServerName: options.tlsServerName || (options.server ? '' : cluster.tlsServerName),
    ...trust,
  }
}

function overrideUser(user: UserEntry, options: ConnectionOptions): UserEntry {
  const extra = options.asUserExtra ?? {}
  return {
    ...user,
    token: options.token || user.token,
    clientCertificate: options.clientCertificate || user.clientCertificate,
    clientKey: options.clientKey || user.clientKey,
    as: options.as || user.as,
    asUid: options.asUid || user.asUid,
    asGroups: options.asGroups !== undefined && options.asGroups.length > 0 ? options.asGroups : user.asGroups,
    asUserExtra: { ...user.asUserExtra, ...extra },
  }
}

function missing(
  kind: string,
  name: string,
  known: ReadonlyMap<string, ContextEntry | ClusterEntry | UserEntry>,
  flag: string,
): KubeconfigError {
  return new KubeconfigError(`error: ${kind} "${name}" does not exist`, knownNames(known, flag))
}

function knownNames(known: ReadonlyMap<string, unknown>, flag: string): { advice: readonly string[] } {
  if (known.size === 0) return { advice: ['no kubeconfig with any was found: set KUBECONFIG or give --kubeconfig'] }
  const names = [...known.keys()]
  const shown = names.slice(0, 10).join(', ')
  return { advice: [`give one that exists with ${flag}: ${shown}${names.length > 10 ? ', …' : ''}`] }
}
