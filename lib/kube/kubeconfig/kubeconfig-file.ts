import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, resolve } from 'node:path'
import { parseAllDocuments } from 'yaml'

// One kubeconfig file as kubectl reads it: client-go's clientcmd/api/v1 types, loader.go and conversion.go (v0.34).

export interface ClusterEntry {
  server: string
  tlsServerName: string
  insecureSkipTlsVerify: boolean
  /** Absolute path, or as the flag gave it. */
  certificateAuthority: string
  /** PEM, decoded. */
  certificateAuthorityData: string
  proxyUrl: string
  disableCompression: boolean
  extensions: Readonly<Record<string, unknown>>
}

export interface ExecEntry {
  apiVersion: string
  command: string
  args: readonly string[]
  env: readonly { name: string; value: string }[]
  installHint: string
  provideClusterInfo: boolean
  interactiveMode: string
}

export interface UserEntry {
  clientCertificate: string
  clientCertificateData: string
  clientKey: string
  clientKeyData: string
  token: string
  tokenFile: string
  as: string
  asUid: string
  asGroups: readonly string[]
  asUserExtra: Readonly<Record<string, readonly string[]>>
  username: string
  password: string
  authProvider: { name: string; config: Readonly<Record<string, string>> } | undefined
  exec: ExecEntry | undefined
  /** The file the entry came from; empty for flags. */
  origin: string
}

export interface ContextEntry {
  cluster: string
  user: string
  namespace: string
}

export interface Kubeconfig {
  clusters: ReadonlyMap<string, ClusterEntry>
  users: ReadonlyMap<string, UserEntry>
  contexts: ReadonlyMap<string, ContextEntry>
  currentContext: string
}

/**
 * Reads one kubeconfig file; relative paths in it become absolute against its folder.
 * Throws the file system's error where it cannot be read, and an Error with kubectl's kind of reason where it makes no
 * sense.
 */
export async function readKubeconfigFile(path: string): Promise<Kubeconfig> {
  return parseKubeconfig(await readFile(path, 'utf8'), path)
}

/**
 * @param path of the file, against whose folder relative paths are made absolute
 * @throws Error with kubectl's kind of reason where the text makes no sense
 */
export function parseKubeconfig(text: string, path: string): Kubeconfig {
  const root = parseYaml(text)
  if (root === null || root === undefined) {
    return { clusters: new Map(), users: new Map(), contexts: new Map(), currentContext: '' }
  }
  const config = asObject(root, 'the document')
  const version = asString(config.apiVersion, 'apiVersion')
  const kind = asString(config.kind, 'kind')
  if ((version !== '' && version !== 'v1') || (kind !== '' && kind !== 'Config')) {
    throw new Error(`no kind "${kind || 'Config'}" is registered for version "${version || 'v1'}"`)
  }
  const folder = dirname(resolve(path))
  return {
    clusters: named(config.clusters, 'clusters', 'cluster', (entry) => parseCluster(entry, folder)),
    users: named(config.users, 'users', 'user', (entry) => parseUser(entry, folder, path)),
    contexts: named(config.contexts, 'contexts', 'context', parseContext),
    currentContext: asString(config['current-context'], 'current-context'),
  }
}

function parseYaml(text: string): unknown {
  const [document] = parseAllDocuments(text, { prettyErrors: false, logLevel: 'silent' })
  if (document === undefined || !('errors' in document)) return undefined
  const [error] = document.errors
  if (error !== undefined) {
    // At the end of the file it is the last line with something in it that is not closed.
    const before = text.slice(0, error.pos[0])
    const line = (before.length >= text.length ? before.trimEnd() : before).split('\n').length
    throw new Error(`yaml: line ${line}: ${error.message.split('\n', 1)[0]}`)
  }
  return document.toJS({ maxAliasCount: 100 })
}

type Fields = Readonly<Record<string, unknown>>

function parseCluster(entry: Fields, folder: string): ClusterEntry {
  const extensions: Record<string, unknown> = {}
  for (const item of asList(entry.extensions, 'extensions')) {
    const extension = asObject(item, 'extensions')
    extensions[asString(extension.name, 'extensions.name')] = extension.extension
  }
  return {
    server: asString(entry.server, 'server'),
    tlsServerName: asString(entry['tls-server-name'], 'tls-server-name'),
    insecureSkipTlsVerify: asBoolean(entry['insecure-skip-tls-verify'], 'insecure-skip-tls-verify'),
    certificateAuthority: against(folder, asString(entry['certificate-authority'], 'certificate-authority')),
    certificateAuthorityData: decoded(entry['certificate-authority-data'], 'certificate-authority-data'),
    proxyUrl: asString(entry['proxy-url'], 'proxy-url'),
    disableCompression: asBoolean(entry['disable-compression'], 'disable-compression'),
    extensions,
  }
}

function parseUser(entry: Fields, folder: string, origin: string): UserEntry {
  const provider = entry['auth-provider']
  return {
    clientCertificate: against(folder, asString(entry['client-certificate'], 'client-certificate')),
    clientCertificateData: decoded(entry['client-certificate-data'], 'client-certificate-data'),
    clientKey: against(folder, asString(entry['client-key'], 'client-key')),
    clientKeyData: decoded(entry['client-key-data'], 'client-key-data'),
    token: asString(entry.token, 'token'),
    tokenFile: against(folder, asString(entry.tokenFile, 'tokenFile')),
    as: asString(entry.as, 'as'),
    asUid: asString(entry['as-uid'], 'as-uid'),
    asGroups: asStrings(entry['as-groups'], 'as-groups'),
    asUserExtra: Object.fromEntries(
      Object.entries(asObject(entry['as-user-extra'] ?? {}, 'as-user-extra')).map(([key, values]) => [
        key,
        asStrings(values, 'as-user-extra'),
      ]),
    ),
    username: asString(entry.username, 'username'),
    password: asString(entry.password, 'password'),
    authProvider: provider === undefined || provider === null ? undefined : parseAuthProvider(provider),
    exec: entry.exec === undefined || entry.exec === null ? undefined : parseExec(entry.exec, folder),
    origin,
  }
}

function parseAuthProvider(value: unknown): UserEntry['authProvider'] {
  const provider = asObject(value, 'auth-provider')
  const config = Object.entries(asObject(provider.config ?? {}, 'auth-provider.config'))
  return {
    name: asString(provider.name, 'auth-provider.name'),
    config: Object.fromEntries(config.map(([key, item]) => [key, asString(item, `auth-provider.config.${key}`)])),
  }
}

function parseExec(value: unknown, folder: string): ExecEntry {
  const exec = asObject(value, 'exec')
  const command = asString(exec.command, 'exec.command')
  const apiVersion = asString(exec.apiVersion, 'exec.apiVersion')
  const interactiveMode = asString(exec.interactiveMode, 'exec.interactiveMode')
  return {
    apiVersion,
    // A bare word is looked up on PATH; only something with a separator is a path of this file.
    command: /[/\\]/.test(command) ? against(folder, command) : command,
    args: asStrings(exec.args, 'exec.args'),
    env: asList(exec.env, 'exec.env').map((item) => {
      const variable = asObject(item, 'exec.env')
      return { name: asString(variable.name, 'exec.env.name'), value: asString(variable.value, 'exec.env.value') }
    }),
    installHint: asString(exec.installHint, 'exec.installHint'),
    provideClusterInfo: asBoolean(exec.provideClusterInfo, 'exec.provideClusterInfo'),
    // The beta API had no such field; v1 wants it said.
    interactiveMode: interactiveMode === '' && /\/v1(alpha|beta)1$/.test(apiVersion) ? 'IfAvailable' : interactiveMode,
  }
}

function parseContext(entry: Fields): ContextEntry {
  return {
    cluster: asString(entry.cluster, 'cluster'),
    user: asString(entry.user, 'user'),
    namespace: asString(entry.namespace, 'namespace'),
  }
}

function named<T>(value: unknown, list: string, key: string, parse: (entry: Fields) => T): Map<string, T> {
  const result = new Map<string, T>()
  for (const item of asList(value, list)) {
    const entry = asObject(item, list)
    const name = asString(entry.name, `${list}.name`)
    if (result.has(name)) throw new Error(`duplicate name "${name}" in list ${list}`)
    result.set(name, parse(asObject(entry[key] ?? {}, `${list}.${key}`)))
  }
  return result
}

function against(folder: string, path: string): string {
  return path === '' || isAbsolute(path) ? path : resolve(folder, path)
}

function decoded(value: unknown, field: string): string {
  const text = asString(value, field).replace(/[\r\n]/g, '')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) throw new Error(`illegal base64 data in ${field}`)
  return Buffer.from(text, 'base64').toString('utf8')
}

function asString(value: unknown, field: string): string {
  if (value === undefined || value === null) return ''
  if (typeof value !== 'string') throw wrongType(value, field, 'string')
  return value
}

function asBoolean(value: unknown, field: string): boolean {
  if (value === undefined || value === null) return false
  if (typeof value !== 'boolean') throw wrongType(value, field, 'bool')
  return value
}

function asStrings(value: unknown, field: string): string[] {
  return asList(value, field).map((item) => asString(item, field))
}

function asList(value: unknown, field: string): readonly unknown[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw wrongType(value, field, 'list')
  return value
}

function asObject(value: unknown, field: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrongType(value, field, 'mapping')
  return value as Fields
}

function wrongType(value: unknown, field: string, wanted: string): Error {
  const found = value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value
  return new Error(`cannot unmarshal ${found} into field ${field} of type ${wanted}`)
}
