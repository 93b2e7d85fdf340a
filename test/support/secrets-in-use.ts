/** Which keys of which Secrets pods and operators read, and who makes them: read from manifests, not from our constructs. */
import type { Manifest } from "#emit/document";

type Fields = Readonly<Record<string, unknown>>;

export const fields = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};
export const list = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fields) : []);
export const deep = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((inner, key) => fields(inner)[key], value);

export interface Use {
  readonly by: string;
  readonly namespace: string;
  readonly secret: string;
  /** Empty: all that it holds. */
  readonly keys: readonly string[];
}

const PASSWORD = ["username", "password"];
const FROM_SECRET = /^([^=]+)=([^:]+):(.+)$/;

/** daprd's, by the pod's annotations. */
function sidecarUses(annotations: Fields): Omit<Use, "by" | "namespace">[] {
  const fromSecret = String(annotations["dapr.io/env-from-secret"] ?? "");
  const tokens = [annotations["dapr.io/api-token-secret"], annotations["dapr.io/app-token-secret"]];
  return [
    ...fromSecret
      .split(",")
      .filter((entry) => entry !== "")
      .map((entry) => {
        const [, , secret = "", key = ""] = FROM_SECRET.exec(entry) ?? [];
        return { secret, keys: [key] };
      }),
    ...tokens.flatMap((secret) => (typeof secret === "string" ? [{ secret, keys: ["token"] }] : [])),
  ];
}

function volumeUses(volume: Fields): Omit<Use, "by" | "namespace">[] {
  return [volume, ...list(deep(volume, "projected", "sources"))].flatMap(({ secret }) => {
    const name = fields(secret).secretName ?? fields(secret).name;
    return typeof name === "string"
      ? [{ secret: name, keys: list(fields(secret).items).map(({ key }) => String(key)) }]
      : [];
  });
}

function usesOf({ kind, spec }: Manifest): Omit<Use, "by" | "namespace">[] {
  switch (kind) {
    case "Deployment":
    case "Job": {
      const template = deep(spec, "template");
      return [
        ...sidecarUses(fields(deep(template, "metadata", "annotations"))),
        ...list(deep(template, "spec", "volumes")).flatMap(volumeUses),
        ...list(deep(template, "spec", "imagePullSecrets")).map(({ name }) => ({
          secret: String(name),
          keys: [".dockerconfigjson"],
        })),
      ];
    }
    case "TriggerAuthentication":
      return list(deep(spec, "secretTargetRef")).map(({ name, key }) => ({
        secret: String(name),
        keys: [String(key)],
      }));
    case "Cluster":
      return list(deep(spec, "managed", "roles")).map(({ passwordSecret }) => ({
        secret: String(fields(passwordSecret).name),
        keys: PASSWORD,
      }));
    default:
      return [];
  }
}

export const secretUses = (manifests: readonly Manifest[]): Use[] =>
  manifests.flatMap((manifest) =>
    usesOf(manifest).map((use) => ({
      by: `${manifest.kind} ${manifest.metadata.name}`,
      namespace: String(manifest.metadata.namespace),
      ...use,
    })),
  );

/** Keys of the Secret that a manifest brings about; `null`: whatever the source has. */
function keysMadeBy(manifest: Manifest): readonly [name: string, keys: readonly string[] | null][] {
  const { kind, spec, metadata } = manifest;
  switch (kind) {
    case "ExternalSecret": {
      const name = String(deep(spec, "target", "name"));
      if (deep(spec, "dataFrom")) return [[name, null]];
      const template = deep(spec, "target", "template", "data");
      return [
        [name, template ? Object.keys(fields(template)) : list(deep(spec, "data")).map((d) => String(d.secretKey))],
      ];
    }
    case "KafkaUser":
      return [[metadata.name, ["ca.crt", "user.crt", "user.key", "user.p12", "user.password"]]];
    case "Kafka":
      return [[`${metadata.name}-cluster-ca-cert`, ["ca.crt", "ca.p12", "ca.password"]]];
    case "Cluster":
      return [[`${metadata.name}-ca`, ["ca.crt", "ca.key"]]];
    case "Certificate":
      return [[String(deep(spec, "secretName")), ["tls.crt", "tls.key", "ca.crt"]]];
    default:
      return [];
  }
}

/** By `namespace/name`. */
export const secretsMade = (manifests: readonly Manifest[]): Map<string, readonly string[] | null> =>
  new Map(
    manifests.flatMap((manifest) =>
      keysMadeBy(manifest).map(([name, keys]) => [`${manifest.metadata.namespace}/${name}`, keys] as const),
    ),
  );

export interface Remote {
  readonly by: string;
  readonly namespace: string;
  readonly store: string;
  readonly secret: string;
  /** Absent: every key. */
  readonly key?: string;
}

/** What ExternalSecrets read from their stores. */
export const remotes = (manifests: readonly Manifest[]): Remote[] =>
  manifests
    .filter(({ kind }) => kind === "ExternalSecret")
    .flatMap(({ spec, metadata }) => {
      const usual = String(deep(spec, "secretStoreRef", "name"));
      const common = { by: metadata.name, namespace: String(metadata.namespace) };
      return [
        ...list(deep(spec, "data")).map((datum) => ({
          ...common,
          store: String(deep(datum, "sourceRef", "storeRef", "name") ?? usual),
          secret: String(deep(datum, "remoteRef", "key")),
          key: String(deep(datum, "remoteRef", "property")),
        })),
        ...list(deep(spec, "dataFrom")).map((from) => ({
          ...common,
          store: usual,
          secret: String(deep(from, "extract", "key")),
        })),
      ];
    });
