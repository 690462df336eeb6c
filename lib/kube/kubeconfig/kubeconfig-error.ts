import { UsageError } from '../../errors/perf-error.ts'

/**
 * Something in the kubeconfig or in the connection flags is wrong: found before anything was sent.
 * The message is the whole line that kubectl prints, its "error: " included.
 */
export class KubeconfigError extends UsageError {
  override name = 'KubeconfigError'
}
