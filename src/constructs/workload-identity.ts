import type { Environment } from "#model/environment";

export interface WorkloadIdentity {
  readonly serviceAccountAnnotations: Record<string, string>;
  readonly podLabels: Record<string, string>;
}

const none: WorkloadIdentity = Object.freeze({ serviceAccountAnnotations: {}, podLabels: {} });

/** How a ServiceAccount becomes an identity of the cloud. OKE needs no mark: its policies name namespace and account. */
export function workloadIdentity(
  { provider, name: environment }: Environment,
  serviceAccount: string,
): WorkloadIdentity {
  switch (provider.kind) {
    case "aks":
      return {
        serviceAccountAnnotations: { "azure.workload.identity/client-id": provider.clientId },
        podLabels: { "azure.workload.identity/use": "true" },
      };
    case "gke":
      return {
        serviceAccountAnnotations: {
          // Account ids hold at most 30 characters: the environment is the project's, not the account's.
          "iam.gke.io/gcp-service-account": `${serviceAccount}@${provider.projectId}.iam.gserviceaccount.com`,
        },
        podLabels: {},
      };
    case "oke":
    case "doks":
    case "kind":
      return none;
    default:
      throw new TypeError(`environment ${environment} runs on an unknown provider`);
  }
}
