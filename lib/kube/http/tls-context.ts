import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'
import { ConnectionError } from '../connection-error.ts'
import type { ClientCertificate } from '../credentials/credentials.ts'

/**
 * Certificates made ready once for any number of connections. Without an authority of its own a cluster is trusted as
 * the system trusts: what this program brings with it, and what the machine has been given.
 * @throws ConnectionError where the certificates make no sense
 */
export function secureContextFor(
  certificateAuthority: string | undefined,
  client: ClientCertificate | undefined,
): SecureContext {
  try {
    return createSecureContext({
      ca: certificateAuthority ?? [...getCACertificates('default'), ...getCACertificates('system')],
      ...(client === undefined ? {} : { cert: client.certificate, key: client.key }),
    })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason =
      code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH'
        ? 'tls: private key does not match public key'
        : code === 'ERR_OSSL_PEM_NO_START_LINE'
          ? 'tls: failed to find any PEM data in certificate input'
          : `tls: ${message}`
    throw new ConnectionError(`error: ${reason}`, {
      kind: 'credentials',
      cause: error,
      advice: ['check client-certificate and client-key of the user, and certificate-authority of the cluster'],
    })
  }
}
