import type { Connection } from '../kubeconfig/connection.ts'
import { type Credentials, fixedCredentials } from './credentials.ts'

/** Makes the credentials that a connection plans; the rarer kinds are loaded only when they are needed. */
export async function openCredentials(connection: Connection): Promise<Credentials> {
  const { plan } = connection
  switch (plan.kind) {
    case 'fixed':
      return fixedCredentials(plan.authorization, plan.certificate)
    case 'token-file': {
      const { tokenFileCredentials } = await import('./token-file-credentials.ts')
      return tokenFileCredentials(plan)
    }
    case 'exec': {
      const { execCredentials } = await import('./exec-credentials.ts')
      return execCredentials(plan, connection)
    }
    case 'oidc': {
      const { oidcCredentials } = await import('./oidc-credentials.ts')
      return oidcCredentials(plan)
    }
  }
}
