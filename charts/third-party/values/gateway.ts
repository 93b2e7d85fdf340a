/** Repository envoyproxy/gateway, charts gateway-crds-helm and gateway-helm; seen: the reference of v1.9 for both. */

import { type HelmValues, restrictedContainer, restrictedPod } from "../helm-values.ts";
import { hasZones, type PlatformInputs, placed, prioritised } from "../inputs.ts";
import { replicas, resources } from "../workloads.ts";

/** DOKS installs the Gateway API's kinds itself and takes changes to them back. */
export const gatewayCrdsValues = (inputs: PlatformInputs): HelmValues => ({
  crds: {
    gatewayAPI: { enabled: inputs.provider !== "doks", channel: "standard" },
    envoyGateway: { enabled: true },
  },
});

export const gatewayValues = (inputs: PlatformInputs): HelmValues => ({
  crds: { enabled: false },
  config: {
    envoyGateway: {
      gateway: { controllerName: "gateway.envoyproxy.io/gatewayclass-controller" },
      provider: { type: "Kubernetes" },
      logging: { level: { default: "info" } },
    },
  },
  deployment: {
    replicas: replicas(inputs, "envoy-gateway"),
    ...prioritised(inputs),
    envoyGateway: {
      securityContext: restrictedContainer,
      resources: resources(inputs, "envoy-gateway", "envoy-gateway"),
    },
    pod: { securityContext: restrictedPod, ...placed(inputs) },
  },
  ...(inputs.highAvailability ? { podDisruptionBudget: { minAvailable: 1 } } : {}),
  certgen: {
    job: {
      resources: resources(inputs, "envoy-gateway-certgen", "certgen"),
      securityContext: restrictedContainer,
      pod: { securityContext: restrictedPod },
      ...placed(inputs),
    },
  },
  topologyInjector: { enabled: hasZones(inputs.provider) },
});
