/** Repository grafana-community/helm-charts, loki; seen: values at 17.1.1 and the notes on upgrading to 18. */

import { compact, type HelmValues, restrictedPod } from "../helm-values.ts";
import { type PlatformInputs, placed, prioritised, volumeSize } from "../inputs.ts";
import { replicas, resources } from "../workloads.ts";

const off: HelmValues = { enabled: false };

/** One process on a volume: both caches alone would ask for more memory than the whole small cluster has. */
export const lokiValues = (inputs: PlatformInputs): HelmValues => ({
  // The mode was called SingleBinary; its section of the values still is.
  deploymentMode: "Monolithic",
  loki: {
    auth_enabled: false,
    commonConfig: { replication_factor: 1 },
    storage: { type: "filesystem" },
    schemaConfig: {
      configs: [
        {
          from: "2024-04-01",
          store: "tsdb",
          object_store: "filesystem",
          schema: "v13",
          index: { prefix: "loki_index_", period: "24h" },
        },
      ],
    },
    limits_config: { retention_period: inputs.size === "small" ? "48h" : "336h", volume_enabled: true },
    compactor: { retention_enabled: true, delete_request_store: "filesystem" },
    analytics: { reporting_enabled: false },
    podSecurityContext: { ...restrictedPod, runAsUser: 10001, runAsGroup: 10001, fsGroup: 10001 },
  },
  singleBinary: {
    replicas: replicas(inputs, "loki"),
    sidecar: false,
    podDisruptionBudget: off,
    persistence: compact({
      enabled: true,
      size: volumeSize(inputs, { small: 5, standard: 50 }),
      storageClass: inputs.storageClass,
      enableStatefulSetAutoDeletePVC: false,
      whenDeleted: "Retain",
    }),
    resources: resources(inputs, "loki", "loki"),
    ...prioritised(inputs),
    ...placed(inputs),
  },
  gateway: off,
  lokiCanary: off,
  test: off,
  chunksCache: off,
  resultsCache: off,
  // A budget for one replica blocks every node drain.
  podDisruptionBudget: off,
  sidecar: { rules: off },
  monitoring: { serviceMonitor: { enabled: true } },
});
