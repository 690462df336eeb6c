import { TemplateFault } from '../template-fault.ts'
import { type CallContext, type FunctionTable, fixed, type TemplateFunction } from '../template-function.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const DIGITS = '0123456789'
const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('')

/** Sprig's random values, all from the source of chance that the renderer was given. */
export const randomFunctions: FunctionTable = {
  randAlpha: randomText(LETTERS),
  randAlphaNum: randomText(LETTERS + DIGITS),
  randNumeric: randomText(DIGITS),
  randAscii: randomText(PRINTABLE),
  randBytes: fixed(['int'], ([count], context) => {
    checkCount(count, context)
    return Buffer.from(Array.from({ length: Number(count) }, () => randomBelow(256, context))).toString('base64')
  }),
  randInt: fixed(['int', 'int'], ([least, limit], context) => {
    if (limit <= least) throw new TemplateFault(`randInt needs a maximum above the minimum, not ${least} and ${limit}`)
    return least + BigInt(randomBelow(Number(limit - least), context))
  }),
  shuffle: fixed(['string'], ([text], context) => {
    const characters = Array.from(text)
    for (let last = characters.length - 1; last > 0; last -= 1) {
      const other = randomBelow(last + 1, context)
      const moved = characters[last] ?? ''
      characters[last] = characters[other] ?? ''
      characters[other] = moved
    }
    return characters.join('')
  }),
  uuidv4: fixed([], (_, context) => uuid(context)),
}

/** A whole number from 0 to below the limit. */
export function randomBelow(limit: number, { random }: Pick<CallContext, 'random'>): number {
  return Math.floor(random() * limit)
}

/** A text of so many characters, each drawn from the alphabet. */
export function randomFrom(alphabet: string, count: number, context: CallContext): string {
  return Array.from({ length: count }, () => alphabet[randomBelow(alphabet.length, context)]).join('')
}

/** @throws TemplateFault for a text longer than a rendering may be */
export function checkCount(count: bigint, { maxSize }: CallContext): void {
  if (count > BigInt(maxSize)) throw new TemplateFault(`a text of ${count} characters is too long`)
}

function randomText(alphabet: string): TemplateFunction {
  return fixed(['int'], ([count], context) => {
    checkCount(count, context)
    return randomFrom(alphabet, Math.max(Number(count), 0), context)
  })
}

function uuid(context: CallContext): string {
  const hex = Array.from({ length: 32 }, () => randomBelow(16, context).toString(16))
  hex[12] = '4'
  hex[16] = (8 + randomBelow(4, context)).toString(16)
  return hex.join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
