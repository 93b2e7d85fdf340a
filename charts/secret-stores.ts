import type { Construct } from "constructs";
import { ApplicationChart, type RenderContext } from "#constructs/application-chart";
import { syncWave } from "#constructs/argocd-annotations";
import { builtIn } from "#constructs/built-in";
import { customResource } from "#constructs/custom-resource";
import { commonLabels } from "#constructs/labels";
import { namespacePoliciesOf } from "#constructs/namespaces";
import { KAFKA_CLUSTER_CA, POSTGRES_CA } from "#constructs/secret-bridge";
import { workloadIdentity } from "#constructs/workload-identity";
import type { ClusterSecretStoreSpecProvider } from "#imports/external-secrets.io";
import { usesKafka } from "#model/acls";
import { type Environment, isSingleNode, stateStoreOf } from "#model/environment";
import { kafkaUsers, type Namespace, namespaces, platformSecrets, secretStores } from "#model/names";
import { secretCatalogue } from "#model/secret-catalogue";
import { waves } from "#model/waves";
import { addPlatformSecrets } from "./platform-secrets.ts";

/** Who reads a store: an identity of the cloud's, or one that may get these Secrets and no others. */
const READER = "secret-reader";

/** Namespaces whose ExternalSecrets may name the source. */
const sourceReaders = (environment: Environment): Namespace[] => {
  const readers: readonly Namespace[] = [
    namespaces.apps,
    namespaces.infra,
    namespaces.monitoring,
    namespaces.argocd,
    namespaces.externalDns,
  ];
  return namespacePoliciesOf(environment)
    .map(({ name }) => name)
    .filter((name) => readers.includes(name));
};

/** Where secrets come from, who may ask, and the secrets of the platform itself. Services bring their own. */
export class SecretStoresChart extends ApplicationChart {
  constructor(scope: Construct, context: RenderContext) {
    super(scope, {
      context,
      application: "secret-stores",
      origin: `environments.${context.environment.name}`,
      wave: waves.stores,
      project: "platform",
    });
    this.#source();
    this.#operators();
    addPlatformSecrets(this, context);
  }

  #source(): void {
    const { environment, model } = this;
    if (environment.secrets.kind === "kubernetes") {
      const names = secretCatalogue(model, environment).map(({ name }) => name);
      this.#store(secretStores.source, this.#namespaceReader(namespaces.secrets, names), sourceReaders(environment));
      return;
    }
    const identity = workloadIdentity(environment, READER);
    builtIn(
      this,
      "source-reader",
      "v1/ServiceAccount",
      {
        ...this.#metadata(READER, namespaces.externalSecrets),
        annotations: { ...syncWave(waves.operators), ...identity.serviceAccountAnnotations },
      },
      { automountServiceAccountToken: false },
    );
    this.#store(secretStores.source, vault(environment), sourceReaders(environment));
  }

  /** Secrets that Strimzi and CloudNativePG make beside brokers and databases, for the pods in `todo-apps`. */
  #operators(): void {
    const names = operatorSecrets(this.context);
    if (names.length === 0) return;
    const readers = [namespaces.apps, ...(names.includes(POSTGRES_CA) ? [namespaces.infra] : [])];
    this.#store(secretStores.operators, this.#namespaceReader(namespaces.infra, names), readers);
  }

  #store(name: string, provider: ClusterSecretStoreSpecProvider, readers: readonly Namespace[]): void {
    customResource(
      this,
      name,
      "external-secrets.io/ClusterSecretStore",
      { name, labels: commonLabels(), annotations: syncWave(waves.operators) },
      { spec: { provider, conditions: [{ namespaces: [...readers] }] } },
    );
  }

  /** @returns the provider that reads Secrets of one namespace as an account that can do nothing else */
  #namespaceReader(namespace: Namespace, names: readonly string[]): ClusterSecretStoreSpecProvider {
    const metadata = this.#metadata(READER, namespace);
    builtIn(this, `${namespace}-reader`, "v1/ServiceAccount", metadata, { automountServiceAccountToken: false });
    builtIn(this, `${namespace}-role`, "rbac.authorization.k8s.io/v1/Role", metadata, {
      rules: [{ apiGroups: [""], resources: ["secrets"], resourceNames: [...names], verbs: ["get"] }],
    });
    builtIn(this, `${namespace}-binding`, "rbac.authorization.k8s.io/v1/RoleBinding", metadata, {
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: READER },
      subjects: [{ kind: "ServiceAccount", name: READER, namespace }],
    });
    return {
      kubernetes: {
        remoteNamespace: namespace,
        server: {
          // Every namespace has it; External Secrets reads it there without rights of the account's.
          caProvider: { type: "ConfigMap", name: "kube-root-ca.crt", key: "ca.crt", namespace },
        },
        auth: { serviceAccount: { name: READER, namespace } },
      },
    };
  }

  #metadata(name: string, namespace: Namespace) {
    return { name, namespace, labels: commonLabels(), annotations: syncWave(waves.operators) };
  }
}

/** Names of what operators make and others read. */
function operatorSecrets({ model, environment }: RenderContext): string[] {
  const users = Object.entries(model.services)
    .filter(([, service]) => usesKafka(service))
    .map(([name]) => name);
  return [
    ...(environment.kafka.kind === "strimzi"
      ? [KAFKA_CLUSTER_CA, ...users, ...(isSingleNode(environment) ? [] : [kafkaUsers.keda])]
      : []),
    ...(environment.postgres.kind === "cloudnative-pg" ? [POSTGRES_CA] : []),
    ...(stateStoreOf(environment) === "redis" ? [platformSecrets.valkeyTls] : []),
  ];
}

const reader = { name: READER, namespace: namespaces.externalSecrets };

/** The cloud's own vault, opened by the identity of the reader's account. */
function vault({ secrets, provider, name }: Environment): ClusterSecretStoreSpecProvider {
  if (secrets.kind === "key-vault" && provider.kind === "aks") {
    return {
      azurekv: {
        authType: "WorkloadIdentity",
        vaultUrl: secrets.vaultUrl,
        tenantId: provider.tenantId,
        serviceAccountRef: reader,
      },
    };
  }
  if (secrets.kind === "secret-manager" && provider.kind === "gke") {
    // Name and place of the cluster are the node's to tell.
    return { gcpsm: { projectID: provider.projectId, auth: { workloadIdentity: { serviceAccountRef: reader } } } };
  }
  if (secrets.kind === "oci-vault" && provider.kind === "oke") {
    return {
      oracle: {
        vault: secrets.vaultId,
        region: provider.region,
        principalType: "Workload",
        serviceAccountRef: reader,
      },
    };
  }
  throw new TypeError(`environment ${name} takes its secrets from ${secrets.kind} on ${provider.kind}`);
}
