import { ConnectionError } from '../connection-error.ts'
import type { CredentialPlan } from '../kubeconfig/connection.ts'
import { readKubeconfigFile } from '../kubeconfig/kubeconfig-file.ts'
import type { Credentials } from './credentials.ts'

/** client-go counts a token as over so long before it is. */
const EXPIRY_MARGIN_MS = 10_000

/**
 * The id-token of a kubeconfig's `auth-provider: oidc`. It is used as long as it lives, and looked for in the file again
 * after that. Renewing it is left to kubectl: providers that hand out each refresh token once would shut the user out if
 * two programs did so, or if this one died before the new token was stored.
 */
export function oidcCredentials(plan: CredentialPlan & { kind: 'oidc' }): Credentials {
  let token = plan.config['id-token'] ?? ''

  const readAgain = async () => {
    const file = await readKubeconfigFile(plan.origin)
    token = file.users.get(plan.userName)?.authProvider?.config['id-token'] ?? ''
    if (!lives(token)) throw expired(plan.userName)
    return `Bearer ${token}`
  }
  return {
    authorization: () => (lives(token) ? `Bearer ${token}` : readAgain()),
    certificate: () => undefined,
    renew: async (rejected) => (await readAgain()) !== rejected,
  }
}

function lives(token: string): boolean {
  return Date.now() + EXPIRY_MARGIN_MS < expiryOf(token)
}

/** When a JSON Web Token ends (RFC 7519 `exp`), in ms since the epoch; 0 where it has no such claim. */
export function expiryOf(token: string): number {
  const payload = token.split('.')[1]
  if (payload === undefined) return 0
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    const seconds = typeof claims === 'object' && claims !== null && 'exp' in claims ? Number(claims.exp) : 0
    return Number.isFinite(seconds) ? seconds * 1000 : 0
  } catch {
    return 0
  }
}

function expired(userName: string): ConnectionError {
  return new ConnectionError(`Unable to connect to the server: the id-token of user "${userName}" is no longer valid`, {
    kind: 'credentials',
    advice: ['run any kubectl command with this context, which renews and stores the token, and try again'],
  })
}
