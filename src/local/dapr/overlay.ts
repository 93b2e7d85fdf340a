/**
 * All that differs between a rendered Dapr document and what is loaded on this machine: addresses, the kind of secret store and
 * where spans go. `docs/start-dapr.md` lists it for people; a test holds this file to that list.
 */
import type { Manifest } from "#emit/document";
import { LocalError } from "../local-error.ts";

export interface LocalAddresses {
  /** `host:port` of the brokers. */
  readonly kafka: readonly string[];
  /** `host:port` of Valkey. */
  readonly valkey: string;
  /** `host:port` of Dapr's certificate authority. */
  readonly sentry: string;
  /** File that stands in for the cloud's or the cluster's secret store. */
  readonly secretsFile: string;
  /** Zipkin address for the sidecars' spans; absent: none are sent. */
  readonly spans?: string | undefined;
}

interface ComponentSpec {
  readonly type: string;
  readonly version: string;
  readonly metadata: readonly { readonly name: string; readonly value?: string; readonly envRef?: string }[];
}

/** @throws LocalError for a component that nothing on this machine can stand in for */
export function localDocument(document: Manifest, addresses: LocalAddresses): Manifest {
  if (document.kind === "Component")
    return { ...document, spec: localComponent(document.metadata.name, document.spec as ComponentSpec, addresses) };
  if (document.kind === "Configuration")
    return { ...document, spec: localConfiguration(document.spec as ConfigurationSpec, addresses) };
  return document;
}

function localComponent(name: string, spec: ComponentSpec, addresses: LocalAddresses): ComponentSpec {
  const replaced = (field: string, value: string): ComponentSpec => ({
    ...spec,
    metadata: spec.metadata.map((entry) => (entry.name === field ? { name: field, value } : entry)),
  });
  switch (spec.type) {
    case "pubsub.kafka":
      return replaced("brokers", addresses.kafka.join(","));
    case "state.redis":
      return replaced("redisHost", addresses.valkey);
    case "secretstores.kubernetes":
      return {
        type: "secretstores.local.file",
        version: "v1",
        metadata: [{ name: "secretsFile", value: addresses.secretsFile }],
      };
    case "bindings.cron":
      return spec;
    default:
      throw new LocalError(`the component ${name} is ${spec.type}, which has no stand-in on this machine`);
  }
}

interface ConfigurationSpec {
  readonly mtls?: { readonly sentryAddress?: string };
  readonly tracing?: object;
}

const localConfiguration = (
  { mtls, ...spec }: ConfigurationSpec,
  { sentry, spans }: LocalAddresses,
): ConfigurationSpec => ({
  ...spec,
  ...(mtls ? { mtls: { ...mtls, sentryAddress: sentry } } : {}),
  tracing: spans ? { samplingRate: "1", zipkin: { endpointAddress: spans } } : { samplingRate: "0" },
});
