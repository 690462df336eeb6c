import type { ClientCertificate } from '../credentials/credentials.ts'
import type { Environment } from './connection-options.ts'
import type { ExecEntry } from './kubeconfig-file.ts'

/** How to prove who we are, decided but not yet done. */
export type CredentialPlan =
  | { kind: 'fixed'; authorization: string | undefined; certificate: ClientCertificate | undefined }
  | { kind: 'token-file'; path: string; fallback: string; certificate: ClientCertificate | undefined }
  | { kind: 'exec'; exec: ExecEntry; execCluster: Readonly<Record<string, unknown>> }
  | { kind: 'oidc'; config: Readonly<Record<string, string>>; userName: string; origin: string }

/** Where the API server is, how to reach it, and as whom. Nothing has been sent yet. */
export interface Connection {
  contextName: string
  clusterName: string
  userName: string
  /** The namespace for what names none: the flag's, the context's, or "default". */
  namespace: string
  /** The server as the configuration writes it. */
  server: string
  /** The same, complete: scheme, host, port, and a path before /api where a proxy needs one. */
  url: URL
  /** undefined: plain HTTP. */
  tls: { certificateAuthority: string | undefined; serverName: string | undefined; verify: boolean } | undefined
  proxy: URL | undefined
  /** What to say when nobody listens there, where the reason may lie before that. */
  hint: string | undefined
  plan: CredentialPlan
  /** Impersonate-* headers; a name can stand there several times. */
  impersonation: readonly (readonly [name: string, value: string])[]
  requestTimeoutMs: number
  connections: number
  protocol: 'http1' | 'http2' | undefined
  environment: Environment
}
