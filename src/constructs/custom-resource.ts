import type { Construct } from "constructs";
import { type Kinds, kinds } from "#imports/kinds";
import { ManifestObject, type NamedMetadata } from "./manifest-object.ts";

/**
 * A resource of a CRD, type-checked against the pinned CRD.
 * @example customResource(this, "topic", "kafka.strimzi.io/KafkaTopic", { name: "reminders" }, { spec: { partitions: 6 } })
 */
export function customResource<K extends keyof Kinds>(
  scope: Construct,
  id: string,
  kind: K,
  metadata: NamedMetadata,
  body: Kinds[K],
): ManifestObject {
  const { group, version, kind: name, scope: reach } = kinds[kind];
  // The chart's namespace is none of a cluster-wide kind's.
  const placed = reach === "Cluster" ? ({ ...metadata, namespace: undefined } as unknown as NamedMetadata) : metadata;
  return new ManifestObject(scope, id, `${group}/${version}`, name, placed, body);
}
