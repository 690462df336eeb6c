import { expect, test } from 'vitest'
import { podOrigin } from '../../../../lib/workload/pods/pod-origin.ts'

const labelled = (labels: Record<string, string>) => podOrigin({ metadata: { name: 'a', labels } })

test("kube-burner's labels say which job, iteration and replica a pod is", () => {
  expect(
    labelled({ 'kube-burner.io/job': 'j', 'kube-burner.io/job-iteration': '0', 'kube-burner.io/replica': '12' }),
  ).toEqual({ job: 'j', iteration: 0, replica: 12 })
  expect(labelled({ 'kube-burner.io/job': 'j', 'kube-burner.io/replica': 'x' })).toEqual({ job: 'j' })
  expect(labelled({ app: 'x' })).toBeUndefined()
  expect(podOrigin({ metadata: { name: 'a' } })).toBeUndefined()
})
