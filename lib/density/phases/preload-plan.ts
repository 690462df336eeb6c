/** Which nodes pull images before the load. */
export interface PreloadPlan {
  /** auto: where a node does not report the image; always: on every node. */
  mode: 'auto' | 'always'
  nodeSelector: Readonly<Record<string, string>>
}
