import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { ClientCertificate } from '../credentials/credentials.ts'
import type { Connection, CredentialPlan } from './connection.ts'
import type { ConnectionOptions, Environment } from './connection-options.ts'
import { inClusterSelection } from './in-cluster.ts'
import { loadKubeconfig } from './kubeconfig.ts'
import { KubeconfigError } from './kubeconfig-error.ts'
import type { ClusterEntry, UserEntry } from './kubeconfig-file.ts'
import { isEmptySelection, type Selection, selectFromKubeconfig } from './kubeconfig-selection.ts'
import { validateSelection } from './kubeconfig-validation.ts'
import { parseProxyUrl, proxyFromEnvironment } from './proxy.ts'

const DEFAULT_REQUEST_TIMEOUT_MS = 30_000
const DEFAULT_CONNECTIONS = 3

/**
 * Finds the cluster by kubectl's rules: kubeconfig files and flags, in-cluster configuration, proxies.
 * Reads files only; runs no plugin and opens no connection.
 * @throws KubeconfigError when the configuration contradicts itself or names what does not exist
 */
export async function resolveConnection(options: ConnectionOptions, environment: Environment): Promise<Connection> {
  const config = await loadKubeconfig(options, environment)
  let selection = selectFromKubeconfig(config, options, environment)
  let hint: string | undefined
  if (isEmptySelection(selection, config, options)) {
    const around = await inClusterSelection(selection, environment)
    if (around === undefined) hint = 'no kubeconfig names a server: set KUBECONFIG, or give --kubeconfig or --server'
    else selection = around
  }
  const { cluster, user } = selection
  await validateSelection(selection, environment.workingDirectory)
  const read = (path: string) => readOrThrow(path, environment.workingDirectory)
  const url = serverUrl(selection)
  const secure = url.protocol === 'https:'
  const certificateAuthority =
    cluster.certificateAuthorityData || (cluster.certificateAuthority && (await read(cluster.certificateAuthority)))
  const proxy = proxyFor(cluster, url, environment)
  return {
    contextName: selection.contextName,
    clusterName: selection.clusterName,
    userName: selection.userName,
    namespace: selection.namespace || 'default',
    server: cluster.server,
    url,
    tls: secure
      ? {
          certificateAuthority: certificateAuthority || undefined,
          serverName: cluster.tlsServerName || undefined,
          verify: !cluster.insecureSkipTlsVerify,
        }
      : undefined,
    proxy,
    hint,
    // Like kubectl: nothing secret over a connection that is not secure.
    plan: secure
      ? await credentialPlan(selection, execCluster(cluster, certificateAuthority, proxy), read)
      : { kind: 'fixed', authorization: undefined, certificate: undefined },
    impersonation: impersonationHeaders(user),
    requestTimeoutMs: options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS,
    connections: options.connections ?? DEFAULT_CONNECTIONS,
    protocol: options.protocol,
    environment,
  }
}

/** `host:port` alone counts as https where something about certificates is said, else as http (client-go rest/url_utils.go). */
function serverUrl({ cluster, user }: Selection): URL {
  const { server } = cluster
  const hasTls =
    cluster.certificateAuthority + cluster.certificateAuthorityData !== '' ||
    user.clientCertificate + user.clientCertificateData !== '' ||
    cluster.insecureSkipTlsVerify
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(server) ? server : `${hasTls ? 'https' : 'http'}://${server}`
  if (!URL.canParse(text)) {
    throw new KubeconfigError(`error: host must be a URL or a host:port pair: "${server}"`)
  }
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new KubeconfigError(
      `Unable to connect to the server: unsupported protocol scheme "${url.protocol.slice(0, -1)}"`,
    )
  }
  url.search = ''
  url.hash = ''
  url.pathname = url.pathname.replace(/\/+$/, '')
  return url
}

function proxyFor(cluster: ClusterEntry, url: URL, environment: Environment): URL | undefined {
  if (cluster.proxyUrl !== '') return parseProxyUrl(cluster.proxyUrl)
  try {
    return proxyFromEnvironment(url, environment.variables)
  } catch (error) {
    throw new KubeconfigError(`Unable to connect to the server: ${(error as Error).message}`, { cause: error })
  }
}

async function credentialPlan(
  { user, userName }: Selection,
  cluster: Readonly<Record<string, unknown>>,
  read: (path: string) => Promise<string>,
): Promise<CredentialPlan> {
  const certificate = await clientCertificate(user, read)
  if (user.tokenFile !== '') {
    // A token beside the file serves until the file can be read; without one the file must be there.
    const fallback = user.token || (await read(user.tokenFile))
    return { kind: 'token-file', path: user.tokenFile, fallback: fallback.trim(), certificate }
  }
  if (user.token !== '') return { kind: 'fixed', authorization: `Bearer ${user.token}`, certificate }
  if (user.username !== '' || user.password !== '') {
    const basic = Buffer.from(`${user.username}:${user.password}`).toString('base64')
    return { kind: 'fixed', authorization: `Basic ${basic}`, certificate }
  }
  // Like client-go: whoever brings a certificate of their own needs no plugin.
  if (certificate !== undefined) return { kind: 'fixed', authorization: undefined, certificate }
  if (user.exec !== undefined) {
    if (!/^client\.authentication\.k8s\.io\/v1(beta1)?$/.test(user.exec.apiVersion)) {
      throw new KubeconfigError(`error: exec plugin: invalid apiVersion "${user.exec.apiVersion}"`)
    }
    return { kind: 'exec', exec: user.exec, execCluster: cluster }
  }
  if (user.authProvider !== undefined) return authProviderPlan(user.authProvider, userName, user.origin)
  return { kind: 'fixed', authorization: undefined, certificate: undefined }
}

async function clientCertificate(
  user: UserEntry,
  read: (path: string) => Promise<string>,
): Promise<ClientCertificate | undefined> {
  const certificate = user.clientCertificateData || (user.clientCertificate && (await read(user.clientCertificate)))
  if (!certificate) return undefined
  const key = user.clientKeyData || (await read(user.clientKey))
  return { certificate, key }
}

const REMOVED_PROVIDERS: Readonly<Record<string, string>> = { gcp: 'gke-gcloud-auth-plugin', azure: 'kubelogin' }

function authProviderPlan(
  provider: { name: string; config: Readonly<Record<string, string>> },
  userName: string,
  origin: string,
): CredentialPlan {
  const replacement = REMOVED_PROVIDERS[provider.name]
  if (replacement !== undefined) {
    throw new KubeconfigError(
      `error: The ${provider.name} auth plugin has been removed.\nPlease use the "${replacement}" kubectl/client-go credential plugin instead.`,
    )
  }
  if (provider.name !== 'oidc') throw new KubeconfigError(`error: no Auth Provider found for name "${provider.name}"`)
  for (const key of ['idp-issuer-url', 'client-id']) {
    if (!provider.config[key]) throw new KubeconfigError(`error: Must provide ${key}`)
  }
  return { kind: 'oidc', config: provider.config, userName, origin }
}

/** What a plugin with provideClusterInfo is told about the cluster (client-go rest/exec.go). */
function execCluster(
  cluster: ClusterEntry,
  certificateAuthority: string,
  proxy: URL | undefined,
): Readonly<Record<string, unknown>> {
  return {
    server: cluster.server,
    ...(cluster.tlsServerName && { 'tls-server-name': cluster.tlsServerName }),
    ...(cluster.insecureSkipTlsVerify && { 'insecure-skip-tls-verify': true }),
    ...(certificateAuthority && {
      'certificate-authority-data': Buffer.from(certificateAuthority).toString('base64'),
    }),
    ...(proxy && { 'proxy-url': proxy.href }),
    ...(cluster.disableCompression && { 'disable-compression': true }),
    config: cluster.extensions['client.authentication.k8s.io/exec'] ?? null,
  }
}

function impersonationHeaders(user: UserEntry): [string, string][] {
  if (user.as === '') return []
  return [
    ['impersonate-user', user.as],
    ...(user.asUid === '' ? [] : [['impersonate-uid', user.asUid] as [string, string]]),
    ...user.asGroups.map((group): [string, string] => ['impersonate-group', group]),
    ...Object.entries(user.asUserExtra).flatMap(([key, values]) =>
      // Any key is allowed there, but not in a header: client-go escapes it the same way.
      values.map((value): [string, string] => [`impersonate-extra-${encodeURIComponent(key.toLowerCase())}`, value]),
    ),
  ]
}

async function readOrThrow(path: string, workingDirectory: string): Promise<string> {
  try {
    return await readFile(resolve(workingDirectory, path), 'utf8')
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new KubeconfigError(
      `error: open ${path}: ${missing ? 'no such file or directory' : (error as Error).message}`,
    )
  }
}
