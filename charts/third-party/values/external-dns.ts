/** Repository kubernetes-sigs/external-dns, charts; seen: the chart's README at 1.18.0. */

import { type HelmValues, restrictedContainer, restrictedPod } from "../helm-values.ts";
import { type DnsZone, type PlatformInputs, placed, prioritised } from "../inputs.ts";
import { resources } from "../workloads.ts";

/** The ConfigMap beside ExternalDNS that carries `externalDnsConfigFile`. */
export const externalDnsConfigMap = "external-dns-provider";

const directory = "/etc/kubernetes";

/** The provider's config file where it reads one; it holds no secret, because both clouds know the pod's identity. */
export function externalDnsConfigFile(dns: DnsZone): { readonly name: string; readonly text: string } | undefined {
  if (dns.kind === "azure") {
    const { tenantId, subscriptionId, resourceGroup } = dns;
    const text = JSON.stringify(
      { tenantId, subscriptionId, resourceGroup, useWorkloadIdentityExtension: true },
      null,
      2,
    );
    return { name: "azure.json", text };
  }
  if (dns.kind === "oci") {
    // JSON is YAML too.
    const text = JSON.stringify(
      { auth: { region: dns.region, useWorkloadIdentity: true }, compartment: dns.compartment },
      null,
      2,
    );
    return { name: "oci.yaml", text };
  }
  return undefined;
}

function identity(dns: DnsZone): HelmValues {
  switch (dns.kind) {
    case "azure":
      return {
        podLabels: { "azure.workload.identity/use": "true" },
        serviceAccount: { annotations: { "azure.workload.identity/client-id": dns.clientId } },
      };
    case "google":
      return {
        serviceAccount: { annotations: { "iam.gke.io/gcp-service-account": dns.serviceAccount } },
        extraArgs: { "google-project": dns.project },
      };
    case "oci":
      return { serviceAccount: { automountServiceAccountToken: true } };
    case "digitalocean":
      return {
        env: [
          { name: "DO_TOKEN", valueFrom: { secretKeyRef: { name: dns.tokenSecret.name, key: dns.tokenSecret.key } } },
        ],
      };
  }
}

const configFile = (dns: DnsZone): HelmValues =>
  externalDnsConfigFile(dns) === undefined
    ? {}
    : {
        extraVolumes: [{ name: "provider", configMap: { name: externalDnsConfigMap } }],
        extraVolumeMounts: [{ name: "provider", mountPath: directory, readOnly: true }],
      };

export const externalDnsValues = (inputs: PlatformInputs): HelmValues => {
  const { dns } = inputs;
  if (dns === undefined) throw new Error("external-dns needs `dns`: there is no zone to write to");
  return {
    provider: { name: dns.kind },
    sources: [inputs.dnsSource ?? "gateway-httproute"],
    domainFilters: [inputs.domain],
    // Removes what it made itself; the registry's TXT records tell which that is.
    policy: "sync",
    registry: "txt",
    txtOwnerId: inputs.name,
    logFormat: "json",
    ...identity(dns),
    ...configFile(dns),
    podSecurityContext: { ...restrictedPod, fsGroup: 65534 },
    securityContext: { ...restrictedContainer, runAsUser: 65532, runAsGroup: 65532 },
    resources: resources(inputs, "external-dns", "external-dns"),
    serviceMonitor: { enabled: true },
    ...prioritised(inputs),
    ...placed(inputs),
  };
};
