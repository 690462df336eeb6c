import { isApiError } from '../../kube/api-error.ts'

/** Something that was not found out, why, and what it would tell. */
export interface MissingFact {
  /** E.g. `kubelet settings of 3 nodes`. */
  readonly what: string
  readonly why: string
  /** What it would add to the result. */
  readonly tells: string
}

/**
 * Reads something that is good to have.
 * @param need the permission, in kubectl's words: `list csinodes.storage.k8s.io`
 * @returns undefined where it is refused, which is noted, or where there is no such thing
 * @throws what is no refusal
 */
export async function readIfAllowed<T>(
  missing: MissingFact[],
  fact: { what: string; need: string; tells: string },
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (!isApiError(error)) throw error
    if (error.code === 404) return undefined
    const why = error.code === 403 ? `forbidden: ${fact.need}` : error.message
    missing.push({ what: fact.what, why, tells: fact.tells })
    return undefined
  }
}
