/** Repository valkey-io/valkey-helm, valkey; seen: values with the Sentinel mode of 1.0, their version is not told. */

import { platformSecrets } from "#model/names";
import { compact, type HelmValues, restrictedContainer } from "../helm-values.ts";
import { type PlatformInputs, placed, prioritised, volumeSize } from "../inputs.ts";
import { resources } from "../workloads.ts";

/** The only user, and the key with its password. */
export const valkeyUser = "default";
const user = 1000;

// Without the dangerous commands, but with those that the exporter reads its figures from.
const permissions = "~* &* +@all -@dangerous +info +config|get +slowlog +latency";

const config = (inputs: PlatformInputs): string =>
  [
    `maxmemory ${inputs.size === "small" ? "100mb" : "160mb"}`,
    "maxmemory-policy noeviction",
    "appendonly yes",
    "appendfsync everysec",
    "",
  ].join("\n");

/** One server on a volume. State that may not be lost belongs in PostgreSQL. */
export const valkeyValues = (inputs: PlatformInputs): HelmValues => ({
  // The volume mounts once: the old pod has to be gone before the new one starts.
  deploymentStrategy: "Recreate",
  dataStorage: compact({
    enabled: true,
    requestedSize: volumeSize(inputs, { small: 1, standard: 8 }),
    className: inputs.storageClass,
    keepPvc: true,
  }),
  auth: {
    enabled: true,
    usersExistingSecret: platformSecrets.valkeyUsers,
    aclUsers: { [valkeyUser]: { permissions, passwordKey: valkeyUser } },
  },
  tls: {
    enabled: true,
    existingSecret: platformSecrets.valkeyTls,
    serverPublicKey: "tls.crt",
    serverKey: "tls.key",
    caPublicKey: "ca.crt",
    requireClientCertificate: false,
  },
  valkeyConfig: config(inputs),
  podSecurityContext: { fsGroup: user, runAsUser: user, runAsGroup: user, seccompProfile: { type: "RuntimeDefault" } },
  securityContext: { ...pick(restrictedContainer), runAsUser: user },
  readinessProbe: { enabled: true },
  resources: resources(inputs, "valkey", "valkey"),
  initResources: resources(inputs, "valkey", "valkey"),
  metrics: {
    enabled: true,
    serviceMonitor: { enabled: true },
    exporter: { resources: resources(inputs, "valkey", "exporter"), securityContext: restrictedContainer },
  },
  ...prioritised(inputs),
  ...placed(inputs),
});

/** The chart knows these fields of a container's context; the profile stands on the pod. */
function pick({
  allowPrivilegeEscalation,
  capabilities,
  readOnlyRootFilesystem,
  runAsNonRoot,
}: typeof restrictedContainer): HelmValues {
  return { allowPrivilegeEscalation, capabilities, readOnlyRootFilesystem, runAsNonRoot };
}
