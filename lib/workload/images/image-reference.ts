import { UsageError } from '../../errors/perf-error.ts'

// Grammar: distribution/reference (github.com/distribution/reference, regexp.go): [domain/]path[:tag][@digest]
const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const domainComponent = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
const domain = String.raw`(?:${domainComponent}(?:\.${domainComponent})*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?`
const reference = new RegExp(
  String.raw`^(?:(${domain})/)?(${component}(?:/${component})*)(?::([\w][\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$`,
)

/**
 * Checks an image name before a kubelet does: it would answer InvalidImageName only after the pod was scheduled.
 * @throws UsageError naming the image
 */
export function checkImageReference(image: string): void {
  if (!reference.test(image)) {
    throw new UsageError(`invalid image name "${image}"`, {
      advice: ['write [REGISTRY/]NAME[:TAG][@DIGEST] in lower case, e.g. registry.k8s.io/pause:3.10'],
    })
  }
}

/** The image under another registry: `PREFIX/NAME`, where NAME has lost its own registry. */
export function rewriteRegistry(image: string, prefix: string): string {
  const [first = '', ...rest] = image.split('/')
  const namesRegistry = rest.length > 0 && (first.includes('.') || first.includes(':') || first === 'localhost')
  return `${prefix.replace(/\/+$/, '')}/${namesRegistry ? rest.join('/') : image}`
}

/** The full name that a container runtime keeps an image under: `busybox` is `docker.io/library/busybox:latest`. */
export function canonicalImage(image: string): string {
  const [first = '', ...rest] = image.split('/')
  const hasDomain = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')
  const name = hasDomain ? image : `docker.io/${rest.length === 0 ? 'library/' : ''}${image}`
  return /@|:[^/]*$/.test(name) ? name : `${name}:latest`
}
