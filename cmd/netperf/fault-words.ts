/** `nothing received`: the code of a failed sample (`NothingReceived`), which is for programs, in the words of a sentence. */
export function faultWords(code: string): string {
  return code.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()
}
