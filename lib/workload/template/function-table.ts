import { builtins } from './functions/builtins.ts'
import { clusterLoader2Functions } from './functions/clusterloader2.ts'
import { comparisons } from './functions/compare.ts'
import { dateFunctions } from './functions/dates.ts'
import { defaultFunctions } from './functions/defaults.ts'
import { dictFunctions } from './functions/dicts.ts'
import { encodingFunctions } from './functions/encoding.ts'
import { hostFunctions } from './functions/host.ts'
import { kubeBurnerFunctions } from './functions/kube-burner.ts'
import { listFunctions } from './functions/lists.ts'
import { mathFunctions } from './functions/math.ts'
import { randomFunctions } from './functions/random.ts'
import { regexFunctions } from './functions/regular-expressions.ts'
import { textFunctions } from './functions/text.ts'
import { type TemplateFunction, variadic } from './template-function.ts'

// and and or are here for their parameters alone: the executor evaluates them, since they stop at the first that decides.
const lazy = variadic(['any'], 'any', ([first]) => first)

/** Every function of a template: text/template's own, sprig's, kube-burner's and ClusterLoader2's (no two share a name). */
export const templateFunctions: ReadonlyMap<string, TemplateFunction> = new Map(
  Object.entries({
    ...builtins,
    ...comparisons,
    and: lazy,
    or: lazy,
    ...mathFunctions,
    ...textFunctions,
    ...listFunctions,
    ...dictFunctions,
    ...defaultFunctions,
    ...encodingFunctions,
    ...randomFunctions,
    ...dateFunctions,
    ...regexFunctions,
    ...hostFunctions,
    ...kubeBurnerFunctions,
    ...clusterLoader2Functions,
  }),
)

/** Functions that text/template or sprig has and this renderer has not: keys and certificates, host look-ups, rare ones. */
export const unsupportedFunctions: ReadonlySet<string> = new Set(
  (
    'abbrevboth ago b32dec b32enc bcrypt buildCustomCert call camelcase decryptAES derivePassword duration ' +
    'durationRound encryptAES genCA genCAWithKey genPrivateKey genSelfSignedCert genSelfSignedCertWithKey ' +
    'genSignedCert genSignedCertWithKey getHostByName htpasswd kebabcase mustToDate semver semverCompare snakecase ' +
    'toDate urlJoin urlParse wrap wrapWith'
  ).split(' '),
)
