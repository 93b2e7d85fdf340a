import { ApiObject, type ApiObjectMetadata } from "cdk8s";
import type { Construct } from "constructs";
import { type Kinds, kinds } from "#imports/kinds";

type Metadata = ApiObjectMetadata & { readonly name: string };

/**
 * A resource of a CRD, type-checked against the pinned CRD.
 * @example customResource(this, "topic", "kafka.strimzi.io/KafkaTopic", { name: "reminders" }, { spec: { partitions: 6 } })
 */
export function customResource<K extends keyof Kinds>(
  scope: Construct,
  id: string,
  kind: K,
  metadata: Metadata,
  body: Kinds[K],
): ApiObject {
  const { group, version, kind: name } = kinds[kind];
  return new ApiObject(scope, id, { apiVersion: `${group}/${version}`, kind: name, metadata, ...body });
}
