/** Repository falcosecurity/charts, falco; seen: the chart's README at 8.0.0. */

import type { HelmValues } from "../helm-values.ts";
import { type PlatformInputs, prioritised } from "../inputs.ts";
import { resources } from "../workloads.ts";

const off: HelmValues = { enabled: false };

/** Runs with host access on every node, so its namespace cannot be `restricted`. */
export const falcoValues = (inputs: PlatformInputs): HelmValues => {
  const { requests, limits } = resources(inputs, "falco", "falco") as { requests: HelmValues; limits: HelmValues };
  return {
    // The probe is part of the binary: nothing is compiled or loaded on the node, and capabilities replace `privileged`.
    driver: { kind: "modern_ebpf", modernEbpf: { leastPrivileged: true }, loader: off },
    tty: true,
    falco: { json_output: true, webserver: { enabled: true, prometheus_metrics_enabled: true } },
    metrics: { enabled: true },
    serviceMonitor: { create: true },
    // Rules change with a release, not on their own while it runs.
    falcoctl: {
      artifact: {
        follow: off,
        install: { resources: { requests: { cpu: "10m", memory: "32Mi" }, limits: { memory: "128Mi" } } },
      },
    },
    falcosidekick: off,
    scc: { create: false },
    resources: { requests, limits },
    tolerations: [{ operator: "Exists" }],
    ...prioritised(inputs, "podPriorityClassName"),
  };
};
