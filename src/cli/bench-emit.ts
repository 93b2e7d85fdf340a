import { load } from "js-yaml";
import { parse as parseYaml, stringify as stringifyYaml } from "yaml";
import type { Manifest } from "#emit/document";
import { parse } from "#emit/parse";
import { stringify } from "#emit/stringify";

/** `node src/cli/bench-emit.ts [DOCUMENTS]`: documents a second, ours beside the libraries, in one process. */
const count = Number(process.argv[2] ?? 1500);
const rounds = 5;

const manifests = Array.from({ length: count }, (_, index) => deployment(index));
const texts = manifests.map((manifest) => stringify(manifest));
const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);

console.log(
  `${count} Deployments, ${(bytes / 1e6).toFixed(2)} MB; node ${process.version}; first and best of ${rounds} rounds`,
);
measure("stringify, ours", manifests, stringify);
measure("parse, ours", texts, parse);
measure("stringify, yaml", manifests, (manifest) => stringifyYaml(manifest));
measure("parse, yaml", texts, (text) => parseYaml(text));
measure("parse, js-yaml", texts, (text) => load(text));

function measure<T>(name: string, inputs: readonly T[], work: (input: T) => unknown): void {
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    for (const input of inputs) work(input);
    return performance.now() - start;
  });
  const [first = Number.NaN] = times;
  const best = Math.min(...times);
  const shown = [first, best].map((time) => `${time.toFixed(0).padStart(6)} ms`).join(" ");
  console.log(
    `${name.padEnd(16)} ${shown} ${Math.round((count / best) * 1000)
      .toLocaleString("en")
      .padStart(9)} documents/s`,
  );
}

function deployment(index: number): Manifest {
  const name = `service-${index}`;
  const labels = {
    "app.kubernetes.io/name": name,
    "app.kubernetes.io/part-of": "todo",
    "app.kubernetes.io/version": "1.2",
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "todo-apps", labels, annotations: { "argocd.argoproj.io/sync-wave": "5" } },
    spec: {
      replicas: 2,
      revisionHistoryLimit: 5,
      selector: { matchLabels: { "app.kubernetes.io/name": name } },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: 0 } },
      template: {
        metadata: {
          labels,
          annotations: {
            "dapr.io/enabled": "true",
            "dapr.io/app-id": name,
            "dapr.io/app-port": String(8000 + index),
            "dapr.io/config": `${name}-config`,
            "dapr.io/sidecar-cpu-request": "50m",
            "dapr.io/sidecar-memory-limit": "256Mi",
          },
        },
        spec: {
          serviceAccountName: name,
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 60,
          securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: "RuntimeDefault" } },
          topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
            maxSkew: 1,
            topologyKey,
            whenUnsatisfiable: "ScheduleAnyway",
            labelSelector: { matchLabels: { "app.kubernetes.io/name": name } },
          })),
          containers: [
            {
              name: "app",
              image: `registry.example.com/todo/${name}:unreleased`,
              command: ["node", "services/main.ts"],
              env: ["HTTP_PORT", "LOG_LEVEL", "OTEL_EXPORTER_OTLP_ENDPOINT"].map((key) => ({
                name: key,
                value: `${key}: ${index}`,
              })),
              ports: [{ name: "http", containerPort: 8080, protocol: "TCP" }],
              resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ["ALL"] },
                readOnlyRootFilesystem: true,
              },
              startupProbe: probe("/healthz", 2),
              livenessProbe: probe("/healthz", 10),
              readinessProbe: probe("/readyz", 5),
              volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
            },
          ],
          volumes: [{ name: "tmp", emptyDir: { medium: "Memory", sizeLimit: "64Mi" } }],
        },
      },
    },
  };
}

function probe(path: string, periodSeconds: number): object {
  return { httpGet: { path, port: "http" }, periodSeconds, timeoutSeconds: 2, failureThreshold: 3 };
}
