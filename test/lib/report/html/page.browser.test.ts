import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunRecord } from '../../../../lib/record/run-record.ts'
import { pageAssets } from '../../../../lib/report/html/assets.ts'
import { htmlReport } from '../../../../lib/report/html/html-report.ts'
import { startChromium } from '../../../browser/chromium.ts'
import { hostileRecord } from './hostile-record.ts'
import { largeRecord, recorded, recordedNames } from './recorded.ts'

// The page as people open it: from a file, in Chromium.

const assets = pageAssets()
const records: Readonly<Record<string, readonly RunRecord[]>> = {
  ...Object.fromEntries(recordedNames().map((name) => [name, [recorded(name)]])),
  'several runs': [recorded('density'), recorded('netperf'), recorded('cilium-lint')],
  'large run': [largeRecord(20_000)],
  'hostile texts': [hostileRecord()],
}
/** Of every table so many stay when axe looks: the others are like them, and there are hundreds. */
const ROWS_FOR_AXE = 4

let browser: Browser
let folder: string

beforeAll(async () => {
  browser = await startChromium()
  folder = await mkdtemp(join(tmpdir(), 'report-'))
})

afterAll(async () => {
  await browser?.close()
  if (folder !== undefined) await rm(folder, { recursive: true })
})

/** Opens the page of some records, and notes all that it says, breaks and asks for. */
async function open(name: string, options: BrowserContextOptions = {}): Promise<{ page: Page; noticed: string[] }> {
  const file = join(folder, `${name}.html`)
  await writeFile(file, [...htmlReport(records[name] ?? [], {}, assets)].join(''))
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const url = pathToFileURL(file).href
  const noticed: string[] = []
  page.on('console', (message) => noticed.push(`console: ${message.text()}`))
  page.on('pageerror', (error) => noticed.push(`error: ${error.message}`))
  page.on('dialog', (dialog) => {
    noticed.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    if (request.url() !== url) noticed.push(`request: ${request.url()}`)
  })
  await page.goto(url)
  // The script is at the end of the file: when that is loaded, all is drawn.
  if (options.javaScriptEnabled !== false) expect(await isDrawn(page)).toBe(true)
  return { page, noticed }
}

async function isDrawn(page: Page): Promise<boolean> {
  return (await page.evaluate('performance.getEntriesByName("report-drawn").length')) === 1
}

/** What axe finds wrong: contrast, names, landmarks, order of headings, tables. */
async function faults(page: Page, rules?: readonly string[]): Promise<string[]> {
  const options = { resultTypes: ['violations'], ...(rules === undefined ? {} : { runOnly: rules }) }
  const { violations } = await page.evaluate<axe.AxeResults>(`axe.run(document, ${JSON.stringify(options)})`)
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  )
}

describe.each(Object.keys(records))('%s', (name) => {
  test('says nothing, asks for nothing, draws every plot, fits a narrow window', async () => {
    const { page, noticed } = await open(name)
    expect(await page.locator('figure.plot canvas').count()).toBe(await page.locator('figure.plot').count())
    expect(await page.title()).not.toBe('')
    const tables = await page.locator('table').count()
    expect(tables).toBeGreaterThan(0)
    await page.setViewportSize({ width: 400, height: 800 })
    await unfold(page)
    await settled(page)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(400)
    expect(noticed).toEqual([])
    await page.context().close()

    const { page: plain } = await open(name, { javaScriptEnabled: false })
    expect(await plain.locator('.verdict').first().isVisible()).toBe(true)
    expect(await plain.locator('table').count()).toBe(tables)
    await plain.context().close()
  })

  test('axe finds nothing, by light and by dark', async () => {
    const { page } = await open(name)
    await unfold(page)
    await settled(page)
    await page.evaluate(
      `for (const body of document.querySelectorAll('tbody')) while (body.rows.length > ${ROWS_FOR_AXE}) body.deleteRow(-1)`,
    )
    await page.evaluate(axe.source)
    expect(await faults(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await faults(page, ['color-contrast'])).toEqual([])
    await page.context().close()
  })
})

/**
 * Plots and tables follow the width of the window in the frame after it has changed. Then every plot is as wide as its
 * place, and the tables that do not fit scroll by themselves and can be reached, and those alone.
 */
async function settled(page: Page): Promise<void> {
  const unsettled = `[
    ...[...document.querySelectorAll('.canvas')]
      .filter((place) => place.clientWidth > 0 && place.querySelector('.uplot').offsetWidth !== place.clientWidth),
    ...[...document.querySelectorAll('.table')]
      .filter((box) => (box.scrollWidth > box.clientWidth) !== (box.tabIndex === 0)),
  ].length`
  await expect.poll(() => page.evaluate(unsettled), { timeout: 30_000 }).toBe(0)
}

async function unfold(page: Page): Promise<void> {
  await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true')
}

test('the policy stops a script and an event handler that somebody has put into the file', async () => {
  const file = join(folder, 'changed.html')
  const text = [...htmlReport(recorded('density'), {}, assets)].join('')
  const injected = text.replace(
    '<main id="main">',
    '<main id="main"><script>window.injected = 1</script><img alt="" src="x" onerror="window.injected = 2">',
  )
  expect(injected).not.toBe(text)
  await writeFile(file, injected)
  const page = await browser.newPage()
  const refusals: string[] = []
  page.on('console', (message) => refusals.push(message.text()))
  await page.goto(pathToFileURL(file).href)
  expect(await isDrawn(page)).toBe(true)
  expect(await page.evaluate('window.injected')).toBeUndefined()
  expect(refusals.filter((text) => text.includes('Content Security Policy')).length).toBeGreaterThanOrEqual(2)
  await page.close()
})

test('texts of a record stay texts: nothing of them becomes an element, an attribute or a script', async () => {
  const { page, noticed } = await open('hostile texts')
  expect(await page.evaluate('window.injected')).toBeUndefined()
  expect(await page.locator('img, iframe, object, embed, link, base, form').count()).toBe(0)
  expect(
    await page.evaluate(
      'document.querySelectorAll("script").length - document.querySelectorAll("figure.plot script").length',
    ),
  ).toBe(1)
  const text = await page.locator('main').textContent()
  expect(text).toContain('</script><img src=x onerror=window.injected=1>')
  expect(text).toContain('\\u202e')
  expect(text).toContain('^[')
  expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
  expect(noticed).toEqual([])
  await page.context().close()
})

test('by the keyboard: past the contents to the results, to the headings that sort, and along a plot', async () => {
  const { page } = await open('density')
  await page.keyboard.press('Tab')
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the results')
  await page.keyboard.press('Enter')
  const reached = new Set<string>()
  for (let presses = 0; presses < 400; presses++) {
    await page.keyboard.press('Tab')
    reached.add(String(await page.evaluate('document.activeElement.tagName + "." + document.activeElement.className')))
    if (await page.evaluate('document.activeElement === document.body')) break
  }
  expect([...reached]).toEqual(expect.arrayContaining(['BUTTON.', 'DIV.canvas', 'SUMMARY.']))

  const slowest = page.locator('table', { hasText: 'took longest to get ready' })
  const nodes = () => slowest.locator('tbody tr td:nth-child(2)').allInnerTexts()
  await slowest.getByRole('button', { name: 'Node' }).focus()
  await page.keyboard.press('Enter')
  expect(await nodes()).toEqual((await nodes()).toSorted())
  expect(await slowest.locator('th', { hasText: 'Node' }).getAttribute('aria-sort')).toBe('ascending')
  await page.keyboard.press('Space')
  expect(await nodes()).toEqual((await nodes()).toSorted().reverse())
  expect(await slowest.locator('th', { hasText: 'Node' }).getAttribute('aria-sort')).toBe('descending')

  const plot = page.locator('figure.plot', { hasText: 'Pods over time' })
  await plot.locator('.canvas').focus()
  await page.keyboard.press('Home')
  await expect.poll(() => plot.locator('.read-out').textContent()).toMatch(/^time 0s: created \d+, scheduled \d+/)
  await page.keyboard.press('End')
  await expect.poll(() => plot.locator('.read-out').textContent()).toMatch(/ready 60$/)
  await page.context().close()
})

test('sorts figures by their exact values, and what has none to the end', async () => {
  const { page } = await open('density')
  const steps = page.locator('table', { hasText: 'Every metric of the run' })
  await unfold(page)
  await steps.getByRole('button', { name: 'P50' }).click()
  const column = await steps
    .locator('thead th')
    .evaluateAll((heads) => heads.findIndex((head) => head.textContent === 'P50'))
  const values = await steps.locator('tbody tr').evaluateAll(
    (rows, index) =>
      rows.map((row) => {
        const exact = row.children[index]?.querySelector('data')?.getAttribute('value')
        return exact === null || exact === undefined ? null : Number(exact)
      }),
    column,
  )
  const known = values.filter((value) => value !== null)
  expect(known.length).toBeGreaterThan(10)
  expect(values.length).toBeGreaterThan(known.length)
  expect(values).toEqual([...known.toSorted((a, b) => b - a), ...values.filter((value) => value === null)])
  await page.context().close()
})

test('paper is white, also of who reads in the dark: the plots are drawn anew for it', async () => {
  const { page } = await open('density', { colorScheme: 'dark' })
  const background = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
  const canvas = page.locator('figure.plot canvas').first()
  const drawing = () => canvas.evaluate((element) => (element as unknown as { toDataURL(): string }).toDataURL())
  const dark = [await background(), await drawing()]
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  expect(dark[0]).toBe('rgb(16, 21, 27)')
  await expect.poll(background).toBe('rgb(255, 255, 255)')
  await expect.poll(drawing).not.toBe(dark[1])
  expect((await page.pdf({ preferCSSPageSize: true })).length).toBeGreaterThan(10_000)
  await page.context().close()
})
