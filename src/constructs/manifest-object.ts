import { ApiObject, type ApiObjectMetadata } from "cdk8s";
import type { Construct } from "constructs";

export type NamedMetadata = ApiObjectMetadata & { readonly name: string };

/**
 * An ApiObject that is already what it will be: no lazy values, no tokens. cdk8s resolves, sanitises and sorts every value
 * of every object, which took most of the time of synth; the emitter sorts and drops `undefined` by itself.
 */
export class ManifestObject extends ApiObject {
  readonly #manifest: object;

  constructor(scope: Construct, id: string, apiVersion: string, kind: string, metadata: NamedMetadata, body: object) {
    super(scope, id, { apiVersion, kind, metadata });
    const { labels, namespace } = this.chart;
    const { annotations = {}, ...rest } = metadata;
    this.#manifest = {
      apiVersion,
      kind,
      metadata: {
        ...(namespace === undefined ? {} : { namespace }),
        ...rest,
        labels: { ...labels, ...metadata.labels },
        ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      },
      ...body,
    };
  }

  override toJson(): object {
    return this.#manifest;
  }
}
