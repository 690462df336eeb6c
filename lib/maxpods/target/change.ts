/** One setting that has to be another. */
export interface Change {
  /** `kubelet maxPods`. */
  readonly what: string
  readonly now: string
  readonly needed: string
  readonly why: string
}
