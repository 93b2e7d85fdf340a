/** The values of a Helm chart as data: what an Argo CD Application carries in `source.helm.valuesObject`. */

export type HelmValue = string | number | boolean | null | readonly HelmValue[] | HelmValues;

export interface HelmValues {
  readonly [key: string]: HelmValue;
}

/** Kubernetes security contexts that Pod Security `restricted` accepts. */
export const restrictedPod = { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } } as const;

export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
} as const;

/** An object without the keys that were given no value: a chart reads an explicit null as "remove my default". */
export function compact(values: { readonly [key: string]: HelmValue | undefined }): HelmValues {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, HelmValue] => entry[1] !== undefined),
  );
}
