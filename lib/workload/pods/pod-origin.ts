import type { PodObject } from './pod-status.ts'

/** Which part of a kube-burner configuration made a pod. */
export interface PodOrigin {
  job: string
  /** From 0. */
  iteration?: number
  /** From 1 within the iteration. */
  replica?: number
}

/** Reads it from the labels that kube-burner puts on what it makes; undefined where there are none. */
export function podOrigin({ metadata: { labels } }: PodObject): PodOrigin | undefined {
  const job = labels?.['kube-burner.io/job']
  if (labels === undefined || job === undefined) return undefined
  const iteration = wholeNumber(labels['kube-burner.io/job-iteration'])
  const replica = wholeNumber(labels['kube-burner.io/replica'])
  return {
    job,
    ...(iteration === undefined ? {} : { iteration }),
    ...(replica === undefined ? {} : { replica }),
  }
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}
