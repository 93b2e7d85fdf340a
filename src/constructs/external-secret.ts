/** Copies of secrets: External Secrets reads a store and keeps one Secret in step with it. */
import type { Construct } from "constructs";
import type { ExternalSecretSpecData } from "#imports/external-secrets.io";
import { secretStores } from "#model/names";
import type { CatalogueEntry } from "#model/secret-catalogue";
import { waves } from "#model/waves";
import { syncWave } from "./argocd-annotations.ts";
import { customResource } from "./custom-resource.ts";
import { commonLabels, type Labels } from "./labels.ts";

type Store = (typeof secretStores)[keyof typeof secretStores];

/** One value somewhere else. */
export interface SecretRef {
  readonly store: Store;
  readonly secret: string;
  readonly key: string;
}

/** A value of the environment's source of secrets. */
export const fromSource = (secret: CatalogueEntry["name"], key: string): SecretRef => ({
  store: secretStores.source,
  secret,
  key,
});

/** A value of a Secret that an operator made in `infra-services`. */
export const fromOperators = (secret: string, key: string): SecretRef => ({
  store: secretStores.operators,
  secret,
  key,
});

export interface ExternalSecretProps {
  readonly name: string;
  readonly namespace: string;
  /** By key; under these names a template finds them. */
  readonly values: Readonly<Record<string, SecretRef>>;
  /** What the Secret holds instead of the values themselves, by key, in Go's template language. */
  readonly template?: Readonly<Record<string, string>>;
  /** @default "Opaque" */
  readonly type?: string;
  readonly secretLabels?: Labels;
  readonly wave?: number;
}

const owned = { creationPolicy: "Owner" } as const;
const clusterStore = (name: Store) => ({ kind: "ClusterSecretStore", name }) as const;

const metadata = ({
  name,
  namespace,
  wave = waves.stores,
}: Pick<ExternalSecretProps, "name" | "namespace" | "wave">) => ({
  name,
  namespace,
  labels: commonLabels(),
  annotations: syncWave(wave),
});

/** A Secret that has to exist: while a value is missing the ExternalSecret is degraded, and with it the Application. */
export function addExternalSecret(scope: Construct, id: string, props: ExternalSecretProps): void {
  const { name, values, template, type, secretLabels } = props;
  const [first] = Object.values(values);
  if (!first) throw new TypeError(`external secret ${name} takes its values from nowhere`);
  customResource(scope, id, "external-secrets.io/ExternalSecret", metadata(props), {
    spec: {
      refreshInterval: "1h",
      secretStoreRef: clusterStore(first.store),
      target: {
        ...owned,
        name,
        deletionPolicy: "Retain",
        ...(template || type || secretLabels
          ? {
              template: {
                engineVersion: "v2",
                ...(template ? { data: { ...template } } : {}),
                ...(type ? { type } : {}),
                ...(secretLabels ? { metadata: { labels: secretLabels } } : {}),
              },
            }
          : {}),
      },
      data: Object.entries(values).map(([secretKey, ref]) => datum(secretKey, ref, first.store)),
    },
  });
}

const datum = (secretKey: string, { store, secret, key }: SecretRef, usual: Store): ExternalSecretSpecData => ({
  secretKey,
  remoteRef: { key: secret, property: key },
  ...(store === usual ? {} : { sourceRef: { storeRef: clusterStore(store) } }),
});

/** A Secret with every key of one in the source; where that one is missing there is no Secret, and nothing is degraded. */
export function addOptionalSecret(
  scope: Construct,
  id: string,
  props: Pick<ExternalSecretProps, "name" | "namespace" | "secretLabels" | "wave">,
): void {
  const { name, secretLabels } = props;
  customResource(scope, id, "external-secrets.io/ExternalSecret", metadata(props), {
    spec: {
      refreshInterval: "1h",
      secretStoreRef: clusterStore(secretStores.source),
      target: {
        ...owned,
        name,
        deletionPolicy: "Delete",
        ...(secretLabels ? { template: { engineVersion: "v2", metadata: { labels: secretLabels } } } : {}),
      },
      dataFrom: [{ extract: { key: name } }],
    },
  });
}
