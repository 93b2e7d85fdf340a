/** Annotations by which resources tell Argo CD how to treat them. */

type Annotations = Record<string, string>;

/** When, within its Application, a resource is applied. */
export const syncWave = (wave: number): Annotations => ({ "argocd.argoproj.io/sync-wave": String(wave) });

export interface SyncOptions {
  /** `false`: never removed by a sync. `confirm`: only after a person agreed. */
  readonly prune?: false | "confirm";
  /** The same for the deletion of the Application. */
  readonly delete?: false | "confirm";
  readonly skipDryRunOnMissingResource?: true;
  readonly replace?: true;
}

export function syncOptions(options: SyncOptions): Annotations {
  const entries = [
    options.prune !== undefined && `Prune=${options.prune}`,
    options.delete !== undefined && `Delete=${options.delete}`,
    options.skipDryRunOnMissingResource && "SkipDryRunOnMissingResource=true",
    options.replace && "Replace=true",
  ].filter((entry) => typeof entry === "string");
  return entries.length > 0 ? { "argocd.argoproj.io/sync-options": entries.join(",") } : {};
}

/** A resource that runs during each sync instead of staying; the last one is kept until the next replaces it. */
export const hook = (phase: "PreSync" | "Sync" | "PostSync", wave: number): Annotations => ({
  "argocd.argoproj.io/hook": phase,
  "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
  ...syncWave(wave),
});
