export interface CiliumVersion {
  /** As it was given, without a leading v: `1.18.3`. */
  readonly text: string
  /** 18 for Cilium 1.18. */
  readonly minor: number
}

const VERSION = /^v?(1\.(\d+)(?:\.\d+)?)(?:[-+].*)?$/

/** What a version or an image tag says: `1.18`, `v1.18.3`, `v1.18.3-gke.1`; undefined where it is no such text. */
export function parseCiliumVersion(text: string): CiliumVersion | undefined {
  const [, version, minor] = VERSION.exec(text) ?? []
  if (version === undefined || minor === undefined) return undefined
  return { text: version, minor: Number(minor) }
}

/** Of a container: 1.18.2 of `quay.io/cilium/cilium:v1.18.2@sha256:…`; undefined where the tag is no version. */
export function versionOfImage(image: string): CiliumVersion | undefined {
  const [name = ''] = image.split('@', 1)
  return parseCiliumVersion(/:([^:/]+)$/.exec(name)?.[1] ?? '')
}
