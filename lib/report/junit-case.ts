/** A test case of JUnit, as its lines and what it counts as. */
export interface Case {
  readonly text: string
  readonly result: CaseResult
}

/** An error is a test that could not be carried out. */
export type CaseResult = 'passed' | 'failure' | 'error' | 'skipped'

interface CaseParts {
  readonly classname: string
  readonly name: string
  readonly seconds: string
  /** Of any but a passed one. */
  readonly told?:
    | {
        readonly result: Exclude<CaseResult, 'passed'>
        readonly message: string
        readonly type: string
        readonly details?: string
      }
    | undefined
  readonly output?: string
}

export function junitCase({ classname, name, seconds, told, output = '' }: CaseParts): Case {
  const head = `    <testcase classname="${xml(classname)}" name="${xml(name)}" time="${seconds}"`
  const lines = [
    ...(told === undefined
      ? []
      : [
          `      <${told.result} message="${xml(told.message)}" type="${xml(told.type)}">${xml(told.details ?? '')}</${told.result}>`,
        ]),
    ...(output === '' ? [] : [`      <system-out>${xml(output)}</system-out>`]),
  ]
  const text = lines.length === 0 ? `${head}/>` : [`${head}>`, ...lines, '    </testcase>'].join('\n')
  return { text, result: told?.result ?? 'passed' }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** For text and attributes; what XML 1.0 has no way to write becomes U+FFFD. */
export function xml(text: string): string {
  const sound = text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
  return sound.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character)
}
