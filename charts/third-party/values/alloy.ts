/** Repository grafana/alloy, operations/helm; seen: values, their version is not told. */

import { type HelmValues, restrictedContainer, restrictedPod } from "../helm-values.ts";
import { type PlatformInputs, prioritised } from "../inputs.ts";
import { resources } from "../workloads.ts";
import { lokiUrl } from "./addresses.ts";

const label = (source: string, target: string): string =>
  [`  rule {`, `    source_labels = ["__meta_kubernetes_${source}"]`, `    target_label  = "${target}"`, `  }`].join(
    "\n",
  );

/** Reads the logs of its own node's pods through the API server, so that it needs nothing of the host. */
const config = (inputs: PlatformInputs): string => `logging {
  level  = "info"
  format = "json"
}

discovery.kubernetes "pods" {
  role = "pod"

  selectors {
    role  = "pod"
    field = "spec.nodeName=" + sys.env("NODE_NAME")
  }
}

discovery.relabel "pods" {
  targets = discovery.kubernetes.pods.targets

${[
  label("namespace", "namespace"),
  label("pod_name", "pod"),
  label("pod_container_name", "container"),
  label("pod_label_app_kubernetes_io_name", "app"),
].join("\n")}
}

loki.source.kubernetes "pods" {
  targets    = discovery.relabel.pods.output
  forward_to = [loki.write.loki.receiver]
}

loki.write "loki" {
  endpoint {
    url = "${lokiUrl(inputs)}/loki/api/v1/push"
  }

  external_labels = { environment = "${inputs.name}" }
}
`;

const user = 473;
const storage = "/var/lib/alloy";

export const alloyValues = (inputs: PlatformInputs): HelmValues => ({
  crds: { create: false },
  global: { podSecurityContext: { ...restrictedPod, runAsUser: user, runAsGroup: user, fsGroup: user } },
  controller: {
    type: "daemonset",
    tolerations: [{ operator: "Exists" }],
    volumes: { extra: [{ name: "state", emptyDir: { sizeLimit: "256Mi" } }] },
    ...prioritised(inputs),
  },
  alloy: {
    configMap: { content: config(inputs) },
    enableReporting: false,
    storagePath: storage,
    mounts: { extra: [{ name: "state", mountPath: storage }] },
    extraEnv: [{ name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
    securityContext: { ...restrictedContainer, runAsUser: user },
    resources: resources(inputs, "alloy", "alloy"),
  },
  configReloader: {
    resources: resources(inputs, "alloy", "config-reloader"),
    securityContext: { ...restrictedContainer, runAsUser: user },
  },
  serviceMonitor: { enabled: true },
});
