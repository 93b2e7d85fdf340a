import type { HelmValue, HelmValues } from "#charts/third-party/helm-values";

const isMap = (value: HelmValue): value is HelmValues =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Values of the argo-cd chart without what a new cluster does not have: kinds of the Prometheus Operator and our
 * PriorityClasses. Argo CD adds both when it first syncs itself.
 */
export function bootstrapValues(values: HelmValues): HelmValues {
  const kept = Object.entries(values).filter(([key]) => key !== "priorityClassName");
  return Object.fromEntries(
    kept.map(([key, value]) => {
      if (!isMap(value)) return [key, value];
      return [key, key === "serviceMonitor" ? { ...value, enabled: false } : bootstrapValues(value)];
    }),
  );
}
