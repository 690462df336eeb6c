import { expect, test } from 'vitest'
import { showProgress } from '../../cmd/progress.ts'
import { terminalWidth, wrapText } from '../../cmd/text-layout.ts'

function stream(isTTY: boolean) {
  const written: string[] = []
  return { isTTY, columns: 40, write: (text: string) => void written.push(text), written }
}

test('elsewhere than on a terminal a line for each step and note, whole however long, and no line that changes', () => {
  const stderr = stream(false)
  const progress = showProgress(stderr, false)
  const note = 'Creating 50 namespaces with 50 pods at 20/s; all removed afterwards. Run 3f9kq2.'
  progress.note(note)
  progress.step('create (50)')
  progress.update('create 10/50')
  progress.stop()
  expect(stderr.written).toEqual([`${note}\n`, 'create (50)\n'])
})

test.each([true, false])('quiet prints nothing (on a terminal: %s)', (isTTY) => {
  const stderr = stream(isTTY)
  const progress = showProgress(stderr, true)
  progress.note('note')
  progress.step('step')
  progress.update('update')
  progress.stop()
  expect(stderr.written).toEqual([])
})

test('a terminal that does not say how wide it is breaks no lines', () => {
  expect(terminalWidth({ isTTY: true, columns: 80 })).toBe(80)
  expect(terminalWidth({ isTTY: true, columns: 0 })).toBeUndefined()
  expect(terminalWidth({ isTTY: true })).toBeUndefined()
  expect(terminalWidth({ isTTY: false, columns: 80 })).toBeUndefined()
})

test('words are kept whole', () => {
  expect(wrapText('at 20/s; all removed afterwards', 12)).toEqual(['at 20/s; all', 'removed', 'afterwards'])
  expect(wrapText('', 12)).toEqual([])
})
