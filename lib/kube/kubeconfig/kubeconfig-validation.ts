import { access, constants } from 'node:fs/promises'
import { resolve } from 'node:path'
import { KubeconfigError } from './kubeconfig-error.ts'
import type { UserEntry } from './kubeconfig-file.ts'
import type { Selection } from './kubeconfig-selection.ts'
import { parseProxyUrl } from './proxy.ts'

/**
 * Finds every contradiction in the chosen cluster and user at once, in kubectl's words
 * (client-go clientcmd/validation.go). Throws a KubeconfigError that lists them.
 */
export async function validateSelection(selection: Selection, workingDirectory: string): Promise<void> {
  const problems = [
    ...userProblems(selection.userName, selection.user),
    ...(await clusterProblems(selection, workingDirectory)),
    ...(await unreadableUserFiles(selection, workingDirectory)),
  ]
  const [first] = problems
  if (first === undefined) return
  throw new KubeconfigError(
    problems.length === 1
      ? `error: ${first}`
      : `Error in configuration: \n${problems.map((problem) => `* ${problem}`).join('\n')}`,
  )
}

async function clusterProblems({ clusterName, cluster }: Selection, workingDirectory: string): Promise<string[]> {
  const problems: string[] = []
  if (cluster.proxyUrl !== '') {
    try {
      parseProxyUrl(cluster.proxyUrl)
    } catch (error) {
      const reason = (error as Error).message
      problems.push(`invalid 'proxy-url' "${cluster.proxyUrl}" for cluster "${clusterName}": ${reason}`)
    }
  }
  if (cluster.certificateAuthority !== '' && cluster.certificateAuthorityData !== '') {
    problems.push(
      `certificate-authority-data and certificate-authority are both specified for ${clusterName}. certificate-authority-data will override.`,
    )
  }
  if (cluster.insecureSkipTlsVerify && cluster.certificateAuthority + cluster.certificateAuthorityData !== '') {
    problems.push('specifying a root certificates file with the insecure flag is not allowed')
  }
  const reason = await unreadable(cluster.certificateAuthority, workingDirectory)
  if (reason !== undefined) {
    problems.push(
      `unable to read certificate-authority ${cluster.certificateAuthority} for ${clusterName} due to ${reason}`,
    )
  }
  return problems
}

async function unreadableUserFiles({ userName, user }: Selection, workingDirectory: string): Promise<string[]> {
  if (user.clientCertificate === '' && user.clientCertificateData === '') return []
  const problems: string[] = []
  for (const [what, path] of [
    ['client-cert', user.clientCertificate],
    ['client-key', user.clientKey],
  ] as const) {
    const reason = await unreadable(path, workingDirectory)
    if (reason !== undefined) problems.push(`unable to read ${what} ${path} for ${userName} due to ${reason}`)
  }
  return problems
}

async function unreadable(path: string, workingDirectory: string): Promise<string | undefined> {
  if (path === '') return undefined
  try {
    await access(resolve(workingDirectory, path), constants.R_OK)
    return undefined
  } catch (error) {
    const denied = (error as NodeJS.ErrnoException).code === 'EACCES'
    return `open ${path}: ${denied ? 'permission denied' : 'no such file or directory'}`
  }
}

function userProblems(name: string, user: UserEntry): string[] {
  const problems: string[] = []
  const methods: string[] = []
  if (user.token !== '') methods.push('token')
  if (user.username !== '' || user.password !== '') methods.push('basicAuth')
  if (user.clientCertificate !== '' || user.clientCertificateData !== '') {
    if (user.clientCertificate !== '' && user.clientCertificateData !== '') {
      problems.push(`client-cert-data and client-cert are both specified for ${name}. client-cert-data will override.`)
    }
    if (user.clientKey !== '' && user.clientKeyData !== '') {
      problems.push(`client-key-data and client-key are both specified for ${name}; client-key-data will override`)
    }
    if (user.clientKey === '' && user.clientKeyData === '') {
      problems.push(
        `client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`,
      )
    }
  }
  problems.push(...execProblems(name, user))
  if (methods.length > 1) {
    problems.push(
      `more than one authentication method found for ${name}; found [${methods.join(' ')}], only one is allowed`,
    )
  }
  const impersonatesMore = user.asUid !== '' || user.asGroups.length > 0 || Object.keys(user.asUserExtra).length > 0
  if (impersonatesMore && user.as === '') {
    problems.push(`requesting uid, groups or user-extra for ${name} without impersonating a user`)
  }
  return problems
}

function execProblems(name: string, { exec, authProvider }: UserEntry): string[] {
  if (exec === undefined) return []
  const problems: string[] = []
  const purpose = `for ${name} to use exec authentication plugin`
  if (authProvider !== undefined) {
    problems.push(`authProvider cannot be provided in combination with an exec plugin for ${name}`)
  }
  if (exec.command === '') problems.push(`command must be specified ${purpose}`)
  if (exec.apiVersion === '') problems.push(`apiVersion must be specified ${purpose}`)
  if (exec.env.some((variable) => variable.name === '')) {
    problems.push(`env variable name must be specified ${purpose}`)
  }
  if (exec.interactiveMode === '') problems.push(`interactiveMode must be specified ${purpose}`)
  else if (!['Never', 'IfAvailable', 'Always'].includes(exec.interactiveMode)) {
    problems.push(`invalid interactiveMode for ${name}: "${exec.interactiveMode}"`)
  }
  return problems
}
