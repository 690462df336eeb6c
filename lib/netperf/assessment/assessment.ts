/** What a run's measurements are judged with beside themselves. */
export interface AssessmentOptions {
  /** How many samples each pair of each test was to get. */
  readonly samples: number
  /** As the user gives it, of every node's link. */
  readonly linkBitsPerSecond?: number
  /** Stopped by the user: what is missing then is no fault of the cluster. */
  readonly wasAborted: boolean
}
