import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { PerfError } from '../../lib/errors/perf-error.ts'

const execute = promisify(execFile)

export interface CertificateSubject {
  readonly user: string
  readonly groups?: readonly string[]
  /** DNS names and addresses that the certificate serves. */
  readonly hosts?: readonly string[]
}

export function certificateFile(folder: string, name: string): string {
  return join(folder, 'pki', `${name}.crt`)
}

export function keyFile(folder: string, name: string): string {
  return join(folder, 'pki', `${name}.key`)
}

export function serviceAccountKeyFile(folder: string): string {
  return join(folder, 'pki', 'service-account.key')
}

export function serviceAccountPublicKeyFile(folder: string): string {
  return join(folder, 'pki', 'service-account.pub')
}

/** Makes a new certificate authority (`ca`), valid for ten years, and the key pair that signs service account tokens. */
export async function createAuthority(folder: string): Promise<void> {
  await mkdir(join(folder, 'pki'), { mode: 0o700 })
  // The machine's own openssl.cnf would add extensions of its own.
  await writeFile(opensslConfig(folder), '[req]\ndistinguished_name=dn\n[dn]\n')
  await openssl(folder, 'ca', '/CN=kubectl-perf-test-ca', [
    'basicConstraints=critical,CA:TRUE',
    'keyUsage=critical,keyCertSign,cRLSign,digitalSignature',
    'subjectKeyIdentifier=hash',
  ])
  const pair = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  await writeFile(serviceAccountKeyFile(folder), pair.privateKey, { mode: 0o600 })
  await writeFile(serviceAccountPublicKeyFile(folder), pair.publicKey)
}

/** Issues a certificate for both ends of TLS: `pki/<name>.crt` and `pki/<name>.key`. */
export async function issueCertificate(folder: string, name: string, subject: CertificateSubject): Promise<void> {
  // In openssl's notation these separate the parts of a name.
  const escaped = (value: string) => value.replaceAll(/[/+\\]/g, '\\$&')
  const groups = (subject.groups ?? []).map((group) => `/O=${escaped(group)}`).join('')
  const extensions = [
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature',
    'extendedKeyUsage=clientAuth,serverAuth',
    'authorityKeyIdentifier=keyid',
  ]
  if (subject.hosts !== undefined) {
    extensions.push(`subjectAltName=${subject.hosts.map((host) => (isIP(host) ? `IP:${host}` : `DNS:${host}`)).join()}`)
  }
  const signer = ['-CA', certificateFile(folder, 'ca'), '-CAkey', keyFile(folder, 'ca')]
  await openssl(folder, name, `${groups}/CN=${escaped(subject.user)}`, extensions, signer)
}

function opensslConfig(folder: string): string {
  return join(folder, 'pki', 'openssl.cnf')
}

async function openssl(
  folder: string,
  name: string,
  subject: string,
  extensions: readonly string[],
  signer: readonly string[] = [],
): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyFile(folder, name)]
  const output = ['-out', certificateFile(folder, name), '-days', '3650']
  const added = extensions.flatMap((extension) => ['-addext', extension])
  const args = [
    'req',
    '-x509',
    '-config',
    opensslConfig(folder),
    '-subj',
    subject,
    ...key,
    ...output,
    ...added,
    ...signer,
  ]
  try {
    await execute('openssl', args)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new PerfError("openssl is not on PATH; the test cluster's certificates are made with it", {
      advice: ['Install OpenSSL 3: apt-get install openssl'],
    })
  }
}
