import { expect, test } from 'vitest'
import { observeServer } from '../../../../lib/workload/control-plane/server-metrics-observer.ts'
import { type Answer, answeringClient, refusal } from '../answering-client.ts'

const scrape = (started: number, count: number) => `process_start_time_seconds ${started}
# TYPE apiserver_request_total counter
apiserver_request_total{verb="GET",resource="pods",subresource="",scope="resource",code="200"} ${count}
`
const live = new AbortController().signal

/** Answers the scrapes one after the other, the last one for ever. */
function servers(...answers: [Answer, ...Answer[]]) {
  let next = 0
  return answeringClient(() => answers[Math.min(next++, answers.length - 1)] ?? '')
}

async function figures(client: ReturnType<typeof servers>) {
  const observer = await observeServer(client, live)
  try {
    const { metrics, findings } = await observer.read()
    return { values: metrics.map(({ statistics }) => statistics.value), findings }
  } finally {
    await observer.stop()
  }
}

test('what the server did in between', async () => {
  expect(await figures(servers(scrape(1, 5), scrape(1, 12)))).toEqual({ values: [7], findings: [] })
})

test('of two servers behind a balancer, only scrapes of the same one are subtracted', async () => {
  const client = servers(scrape(1, 5), scrape(2, 100), scrape(2, 100), scrape(1, 12))
  expect(await figures(client)).toEqual({ values: [7], findings: [] })
  expect(client.paths).toEqual(['/metrics', '/metrics', '/metrics', '/metrics'])
})

test('a server that does not come back is asked ten times, and then there is no figure', async () => {
  const client = servers(scrape(1, 5), scrape(2, 100))
  expect(await figures(client)).toEqual({
    values: [],
    findings: [
      {
        severity: 'warning',
        code: 'NoServerMetrics',
        message:
          'No figures of the API server itself: the one that answered first did not answer again in 10 tries: it was restarted, or the connection to it was lost and there are others',
      },
    ],
  })
  expect(client.paths.length).toBe(11)
})

test('a server that may not be asked is a finding that says how to allow it, and is asked once', async () => {
  const client = servers(refusal(403, 'forbidden: User "x" cannot get path "/metrics"'))
  const { values, findings } = await figures(client)
  expect([values, findings]).toEqual([
    [],
    [
      {
        severity: 'info',
        code: 'MetricsForbidden',
        message: 'No figures of the API server itself: you may not read its /metrics',
        advice: expect.stringContaining('--non-resource-url=/metrics'),
      },
    ],
  ])
  expect(client.paths).toEqual(['/metrics'])
})

test.each([
  ['an error', refusal(500, 'boom'), 'Error from server: boom'],
  ['a web page', '<html>\n', 'line 1 of the metrics: it does not begin with the name of a metric'],
  ['an answer that was cut off', 'up 1\nup', 'line 2 of the metrics: it ends in the middle: the answer was cut off'],
  ['no start time', 'up 1\n', 'its metrics do not say when its process was started'],
])('a server with %s gives no figures', async (_, answer, reason) => {
  const { values, findings } = await figures(servers(answer))
  expect(values).toEqual([])
  expect(findings).toMatchObject([
    { code: 'NoServerMetrics', message: `No figures of the API server itself: ${reason}` },
  ])
})

test('the run can be stopped while the server does not answer', async () => {
  const stop = new AbortController()
  const hanging = answeringClient(() => new Promise(() => {}))
  const observing = observeServer(hanging, stop.signal)
  stop.abort(new Error('interrupted'))
  await expect(observing).rejects.toThrow('interrupted')
})

test('figures that are not there in time are a finding', async () => {
  let scrapes = 0
  const client = answeringClient(() => (scrapes++ === 0 ? scrape(1, 5) : new Promise(() => {})))
  const observer = await observeServer(client, live)
  const { metrics, findings } = await observer.read(AbortSignal.timeout(10))
  await observer.stop()
  expect(metrics).toEqual([])
  expect(findings).toMatchObject([
    { message: 'No figures of the API server itself: it did not answer before the run was over' },
  ])
})
