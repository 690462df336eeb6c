/** A PEM certificate chain with its key. */
export interface ClientCertificate {
  certificate: string
  key: string
}

/** What proves to the server who we are. */
export interface Credentials {
  /**
   * The value of the Authorization header, undefined where there is none; a promise only when it has to be fetched, so
   * that the common request costs no turn of the event loop. Rejects with a ConnectionError when it cannot be had.
   */
  authorization(): string | undefined | Promise<string | undefined>
  /** The client certificate as of now; fetched together with the authorization. */
  certificate(): ClientCertificate | undefined
  /**
   * The server answered 401 to a request that carried `rejected`: gets new credentials, or does nothing where that has
   * happened since. Resolves to whether the request is worth repeating.
   */
  renew(rejected: string | undefined): Promise<boolean>
}

/** Credentials that never change. */
export function fixedCredentials(
  authorization: string | undefined,
  certificate: ClientCertificate | undefined,
): Credentials {
  return {
    authorization: () => authorization,
    certificate: () => certificate,
    renew: async () => false,
  }
}
