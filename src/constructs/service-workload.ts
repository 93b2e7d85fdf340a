/** What runs a service and keeps it running: ServiceAccount, Deployment, Service, PodDisruptionBudget, ServiceMonitor. */
import { Construct } from "constructs";
import type { Environment } from "#model/environment";
import { isSingleNode } from "#model/environment";
import { namespaces } from "#model/names";
import { paths } from "#model/paths";
import { daprPorts } from "#model/product-edges";
import { waves } from "#model/waves";
import { syncWave } from "./argocd-annotations.ts";
import { addAutoscaler, autoscalerOf } from "./autoscaling.ts";
import { builtIn } from "./built-in.ts";
import { customResource } from "./custom-resource.ts";
import { daprAnnotations } from "./dapr-sidecar.ts";
import { selectorLabels, workloadLabels } from "./labels.ts";
import type { NamedMetadata } from "./manifest-object.ts";
import { imageWaivers, waive, waivers } from "./scanner-waivers.ts";
import {
  HTTP_PORT_NAME,
  type ServicePodProps,
  servicePodSpec,
  sidecarEnvironment,
  sidecarVolumes,
} from "./service-pod.ts";
import { workloadIdentity } from "./workload-identity.ts";

export interface ServiceWorkloadProps extends ServicePodProps {
  /** Digest of every Dapr document that applies to the pods. */
  readonly policyChecksum: string;
  /** What the sidecar reads from Secrets, in the notation of `dapr.io/env-from-secret`. */
  readonly sidecarSecrets: string;
}

export class ServiceWorkload extends Construct {
  readonly #props: ServiceWorkloadProps;

  constructor(scope: Construct, id: string, props: ServiceWorkloadProps) {
    super(scope, id);
    this.#props = props;
    this.#serviceAccount();
    this.#deployment();
    this.#service();
    this.#disruptionBudget();
    this.#monitors();
    addAutoscaler(this, props.context, props.name, props.service, syncWave(waves.edges));
  }

  get #environment(): Environment {
    return this.#props.context.environment;
  }

  #metadata(wave: number = waves.services): NamedMetadata {
    const { name, service } = this.#props;
    return {
      name,
      namespace: namespaces.apps,
      labels: workloadLabels(name, service.role),
      annotations: syncWave(wave),
    };
  }

  /** Exists before the migration, which runs under it. */
  #serviceAccount(): void {
    const metadata = this.#metadata(waves.policies);
    const identity = workloadIdentity(this.#environment, this.#props.name);
    builtIn(
      this,
      "service-account",
      "v1/ServiceAccount",
      { ...metadata, annotations: { ...metadata.annotations, ...identity.serviceAccountAnnotations } },
      {
        automountServiceAccountToken: false,
      },
    );
  }

  #deployment(): void {
    const { context, name, service, policyChecksum, sidecarSecrets } = this.#props;
    const identity = workloadIdentity(context.environment, name);
    builtIn(this, "deployment", "apps/v1/Deployment", this.#deploymentMetadata(), {
      spec: {
        // Under an autoscaler the number of replicas is its own.
        ...(autoscalerOf(context, service)
          ? {}
          : { replicas: isSingleNode(context.environment) ? 1 : service.scale.min }),
        revisionHistoryLimit: 3,
        progressDeadlineSeconds: 300,
        selector: { matchLabels: selectorLabels(name) },
        strategy: {
          type: "RollingUpdate",
          rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
        },
        template: {
          metadata: {
            labels: { ...workloadLabels(name, service.role), ...identity.podLabels },
            annotations: daprAnnotations({
              environment: context.environment,
              name,
              service,
              policyChecksum,
              envFromSecret: sidecarSecrets,
              env: sidecarEnvironment(context, service),
              volumes: sidecarVolumes(context, service),
            }),
          },
          spec: servicePodSpec(this.#props),
        },
      },
    });
  }

  #deploymentMetadata() {
    const { context, name, service } = this.#props;
    const metadata = this.#metadata();
    const scaling = { keda: [waivers.SCALED_BY_KEDA], hpa: [], none: [waivers.SINGLE_NODE] }[
      autoscalerOf(context, service) ?? "none"
    ];
    return {
      ...metadata,
      annotations: { ...metadata.annotations, ...waive(...imageWaivers(context, name), ...scaling) },
    };
  }

  #service(): void {
    const { name, service } = this.#props;
    builtIn(this, "service", "v1/Service", this.#metadata(), {
      spec: {
        type: "ClusterIP",
        selector: selectorLabels(name),
        ports: [
          {
            name: HTTP_PORT_NAME,
            port: service.port,
            targetPort: HTTP_PORT_NAME,
            protocol: "TCP",
            ...(Object.keys(service.routes).length > 0 ? { appProtocol: "http" } : {}),
          },
        ],
      },
    });
  }

  /** One replica may be away at a time; with a single one a budget would only block the node's drain. */
  #disruptionBudget(): void {
    const { context, name } = this.#props;
    if (isSingleNode(context.environment)) return;
    builtIn(this, "disruption-budget", "policy/v1/PodDisruptionBudget", this.#metadata(), {
      spec: {
        maxUnavailable: 1,
        selector: { matchLabels: selectorLabels(name) },
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      },
    });
  }

  /** The service's own metrics, and those of its sidecar, which no Service of ours leads to. */
  #monitors(): void {
    const { name } = this.#props;
    const selector = { matchLabels: selectorLabels(name) };
    const endpoint = { path: paths.metrics, interval: "30s" };
    customResource(this, "monitor", "monitoring.coreos.com/ServiceMonitor", this.#metadata(waves.edges), {
      spec: { selector, endpoints: [{ port: HTTP_PORT_NAME, ...endpoint }] },
    });
    const sidecar = { ...this.#metadata(waves.edges), name: `${name}-dapr` };
    customResource(this, "sidecar-monitor", "monitoring.coreos.com/PodMonitor", sidecar, {
      spec: { selector, podMetricsEndpoints: [{ portNumber: daprPorts.metrics, ...endpoint }] },
    });
  }
}
