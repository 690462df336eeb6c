import { spawn } from 'node:child_process'
import { isatty } from 'node:tty'
import { ConnectionError } from '../connection-error.ts'
import type { Connection, CredentialPlan } from '../kubeconfig/connection.ts'
import type { ExecEntry } from '../kubeconfig/kubeconfig-file.ts'
import type { ClientCertificate, Credentials } from './credentials.ts'

/** A credential is small; a plugin that writes more is broken. */
const MAX_OUTPUT_BYTES = 1 << 20

interface ExecResult {
  authorization: string | undefined
  certificate: ClientCertificate | undefined
  /** ms since the epoch; Infinity where the plugin names no end. */
  expiresAt: number
}

/**
 * Credentials from a plugin (client-go plugin/pkg/client/auth/exec): run once for any number of requests, and again when
 * its credential ends or the server refuses it.
 */
export function execCredentials(
  plan: CredentialPlan & { kind: 'exec' },
  { environment }: Pick<Connection, 'environment'>,
): Credentials {
  let current: ExecResult | undefined
  let running: Promise<ExecResult> | undefined

  const run = () => {
    running ??= runPlugin(plan, environment.variables, environment.workingDirectory)
      .then((result) => {
        current = result
        return result
      })
      .finally(() => {
        running = undefined
      })
    return running
  }
  return {
    authorization: () =>
      current !== undefined && Date.now() < current.expiresAt
        ? current.authorization
        : run().then((result) => result.authorization),
    certificate: () => current?.certificate,
    async renew(rejected) {
      if (current?.authorization === rejected || running !== undefined) await run()
      return true
    },
  }
}

async function runPlugin(
  { exec, execCluster }: CredentialPlan & { kind: 'exec' },
  variables: Readonly<Record<string, string | undefined>>,
  workingDirectory: string,
): Promise<ExecResult> {
  const interactive = isInteractive(exec)
  const info = {
    kind: 'ExecCredential',
    apiVersion: exec.apiVersion,
    spec: { ...(exec.provideClusterInfo ? { cluster: execCluster } : {}), interactive },
  }
  const env = {
    ...variables,
    ...Object.fromEntries(exec.env.map(({ name, value }) => [name, value])),
    KUBERNETES_EXEC_INFO: JSON.stringify(info),
  }
  return parseCredential(await outputOf(exec, env, workingDirectory, interactive), exec)
}

function isInteractive(exec: ExecEntry): boolean {
  if (exec.interactiveMode === 'Never') return false
  const terminal = isatty(0)
  if (exec.interactiveMode === 'Always' && !terminal) {
    throw failed('exec plugin cannot support interactive mode: standard input is not a terminal')
  }
  return terminal
}

/** The plugin's stdout. Its stderr goes to the person at the terminal: that is where it says how to log in. */
function outputOf(exec: ExecEntry, env: NodeJS.ProcessEnv, cwd: string, interactive: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(exec.command, exec.args, {
      env,
      cwd,
      stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'inherit'],
    })
    const chunks: Buffer[] = []
    let bytes = 0
    child.stdout?.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > MAX_OUTPUT_BYTES) {
        child.kill()
        reject(failed(`exec: executable ${exec.command} wrote more than ${MAX_OUTPUT_BYTES} bytes`))
        return
      }
      chunks.push(chunk)
    })
    child.on('error', (error: NodeJS.ErrnoException) => reject(startFailure(exec, error)))
    child.on('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(chunks).toString('utf8'))
      else if (code === null) reject(failed(`exec: executable ${exec.command} was ended by ${signal}`))
      else reject(failed(`exec: executable ${exec.command} failed with exit code ${code}`))
    })
  })
}

function startFailure(exec: ExecEntry, error: NodeJS.ErrnoException): ConnectionError {
  if (error.code !== 'ENOENT') return failed(`exec: ${error.message}`)
  return new ConnectionError(
    [
      `Unable to connect to the server: getting credentials: exec: executable ${exec.command} not found`,
      'It looks like you are trying to use a client-go credential plugin that is not installed.',
      ...(exec.installHint === '' ? [] : [exec.installHint.trimEnd()]),
    ].join('\n\n'),
    {
      kind: 'credentials',
      advice: ['https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins'],
    },
  )
}

function parseCredential(output: string, exec: ExecEntry): ExecResult {
  const credential = parseObject(output)
  const version = typeof credential.apiVersion === 'string' ? credential.apiVersion : ''
  if (version !== exec.apiVersion) {
    throw failed(
      `exec plugin is configured to use API version ${exec.apiVersion}, plugin returned version ${version || '(none)'}`,
    )
  }
  if (typeof credential.status !== 'object' || credential.status === null) {
    throw failed("exec plugin didn't return a status field")
  }
  const status = credential.status as Readonly<Record<string, unknown>>
  const text = (field: string) => (typeof status[field] === 'string' ? status[field] : '')
  const token = text('token')
  const certificate = text('clientCertificateData')
  const key = text('clientKeyData')
  if (token + certificate + key === '') throw failed("exec plugin didn't return a token or cert/key pair")
  if ((certificate === '') !== (key === '')) {
    throw failed('exec plugin returned only certificate or key, not both')
  }
  const expiresAt = Date.parse(text('expirationTimestamp'))
  return {
    authorization: token === '' ? undefined : `Bearer ${token}`,
    certificate: certificate === '' ? undefined : { certificate, key },
    expiresAt: Number.isNaN(expiresAt) ? Number.POSITIVE_INFINITY : expiresAt,
  }
}

function parseObject(output: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(output)
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>
  } catch {
    // Falls through: both cases are the same fault.
  }
  throw failed('decoding stdout: the plugin wrote no ExecCredential object in JSON')
}

function failed(reason: string): ConnectionError {
  return new ConnectionError(`Unable to connect to the server: getting credentials: ${reason}`, { kind: 'credentials' })
}
