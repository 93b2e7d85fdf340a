/** Which namespaces an environment has, and how strict each is. https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
import { type Environment, isSingleNode } from "#model/environment";
import { type Namespace, namespaces } from "#model/names";

type PodSecurityLevel = "privileged" | "baseline" | "restricted";

interface NamespacePolicy {
  readonly name: Namespace;
  readonly level: PodSecurityLevel;
  /** Why it is not stricter. */
  readonly reason?: string;
  /** @default every environment */
  readonly wanted?: (environment: Environment) => boolean;
}

const OPERATOR_MADE = "charts and operators make these pods; warnings name what falls short of restricted";

const policies: readonly NamespacePolicy[] = [
  { name: namespaces.apps, level: "restricted" },
  { name: namespaces.infra, level: "baseline", reason: OPERATOR_MADE },
  { name: namespaces.secrets, level: "restricted", wanted: ({ secrets }) => secrets.kind === "kubernetes" },
  { name: namespaces.monitoring, level: "baseline", reason: OPERATOR_MADE },
  { name: namespaces.dapr, level: "baseline", reason: OPERATOR_MADE },
  { name: namespaces.ingress, level: "baseline", reason: OPERATOR_MADE },
  { name: namespaces.certManager, level: "restricted" },
  { name: namespaces.externalSecrets, level: "restricted" },
  { name: namespaces.externalDns, level: "restricted", wanted: ({ provider }) => provider.externalDns !== null },
  {
    name: namespaces.keda,
    level: "baseline",
    reason: OPERATOR_MADE,
    wanted: (environment) => !isSingleNode(environment),
  },
  {
    name: namespaces.strimzi,
    level: "baseline",
    reason: OPERATOR_MADE,
    wanted: ({ kafka }) => kafka.kind === "strimzi",
  },
  { name: namespaces.cloudNativePg, level: "restricted", wanted: ({ postgres }) => postgres.kind === "cloudnative-pg" },
  {
    name: namespaces.falco,
    level: "privileged",
    reason: "Falco and the node exporter look at the host",
  },
  { name: namespaces.argocd, level: "baseline", reason: OPERATOR_MADE },
];

export const namespacePoliciesOf = (environment: Environment): readonly NamespacePolicy[] =>
  policies.filter(({ wanted }) => wanted?.(environment) ?? true);

/** What is below `restricted` is warned of and audited everywhere, whatever is enforced. */
export const podSecurityLabels = (level: PodSecurityLevel): Record<string, string> => ({
  "pod-security.kubernetes.io/enforce": level,
  "pod-security.kubernetes.io/audit": level === "privileged" ? "privileged" : "restricted",
  "pod-security.kubernetes.io/warn": level === "privileged" ? "privileged" : "restricted",
});
