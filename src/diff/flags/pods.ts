import type { Manifest } from "#emit/document";
import { type Fields, mapAt, mapsAt, textAt } from "../value.ts";

/** The pods that a resource starts. */
export interface PodTemplate {
  readonly metadata: Fields;
  readonly spec: Fields;
  readonly labels: Fields;
  readonly annotations: Fields;
}

export interface Container {
  readonly name: string;
  readonly init: boolean;
  readonly fields: Fields;
}

const places: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  Deployment: ["spec", "template"],
  StatefulSet: ["spec", "template"],
  DaemonSet: ["spec", "template"],
  ReplicaSet: ["spec", "template"],
  Job: ["spec", "template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
};

export const isWorkload = (kind: string): boolean => Object.hasOwn(places, kind);

/** Template of the pods of a built-in workload. */
export function podOf(manifest: Manifest | undefined): PodTemplate | undefined {
  const place = manifest && Object.hasOwn(places, manifest.kind) ? places[manifest.kind] : undefined;
  if (!place) return undefined;
  const metadata = mapAt(manifest, ...place, "metadata");
  return {
    metadata,
    spec: mapAt(manifest, ...place, "spec"),
    labels: mapAt(metadata, "labels"),
    annotations: mapAt(metadata, "annotations"),
  };
}

export function containersOf({ spec }: PodTemplate): Container[] {
  const named = (field: string, init: boolean) =>
    mapsAt(spec, field).map((fields) => ({ name: textAt(fields, "name") ?? "?", init, fields }));
  return [...named("initContainers", true), ...named("containers", false), ...named("ephemeralContainers", true)];
}
