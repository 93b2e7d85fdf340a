/** One Kubernetes resource as plain JSON. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly [field: string]: unknown;
}

export interface Metadata {
  readonly name: string;
  /** Absent on cluster-scoped resources. */
  readonly namespace?: string;
  readonly [field: string]: unknown;
}

/** A manifest, where it goes and whom to ask about it. */
export interface RenderedDocument {
  readonly environment: string;
  /** The Argo CD Application that delivers it. */
  readonly application: string;
  /** The model entry it comes from, e.g. `services.tasks`. */
  readonly origin: string;
  readonly manifest: Manifest;
}

/** `apps` of `apps/v1`; empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

/** What the API server tells resources apart by: the version is no part of it. */
export function identity({ apiVersion, kind, metadata }: Manifest): string {
  const group = groupOf(apiVersion);
  const scope = metadata.namespace === undefined ? "" : `${metadata.namespace}/`;
  return `${kind}${group && `.${group}`} ${scope}${metadata.name}`;
}
