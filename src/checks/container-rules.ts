import { SIDECAR_CONTAINER } from "./injected-sidecar.ts";
import { injectedWorkloadsOf } from "./injected-workloads.ts";
import { type Container, containersOf, hasSidecar, isServing, type Workload, workloadsOf } from "./pods.ts";
import { at, numberAt, quantity } from "./read.ts";
import type { Rule } from "./rule.ts";

function* missingResources({ name, resources }: Container, wanted: Readonly<Record<string, readonly string[]>>) {
  for (const [what, kinds] of Object.entries(wanted)) {
    const given = resources?.[what as "requests" | "limits"] ?? {};
    for (const kind of kinds) {
      if (Number.isNaN(quantity(given[kind]))) yield `container ${name} has no ${kind} in its ${what}`;
    }
  }
  for (const [kind, request] of Object.entries(resources?.requests ?? {})) {
    const limit = resources?.limits?.[kind];
    if (limit !== undefined && quantity(request) > quantity(limit)) {
      yield `container ${name} requests more ${kind} (${request}) than its limit (${limit})`;
    }
  }
}

/** CPU has no limit: throttling a busy event loop helps nobody. */
const OURS = { requests: ["cpu", "memory", "ephemeral-storage"], limits: ["memory", "ephemeral-storage"] };
/** The injector knows no annotation for ephemeral storage. */
const SIDECAR = { requests: ["cpu", "memory"], limits: ["memory"] };

const resources: Rule = {
  id: "container-resources",
  reason: "The scheduler places pods by their requests, and a leak without a limit takes its neighbours along.",
  remedy: "Give requests and limits with containerResources(), for daprd with the sidecar's annotations",
  severity: "error",
  *check(rendering) {
    for (const { workload, pod } of injectedWorkloadsOf(rendering)) {
      for (const container of containersOf({ pod: pod.spec })) {
        const wanted = container.name === SIDECAR_CONTAINER ? SIDECAR : OURS;
        for (const problem of missingResources(container, wanted)) yield { resource: workload.resource, problem };
      }
    }
  },
};

const probes: Rule = {
  id: "container-probes",
  reason: "Without probes traffic reaches a process that cannot answer, and one that hangs is never replaced.",
  remedy: "Give a readinessProbe and a livenessProbe",
  severity: "error",
  *check(rendering) {
    for (const workload of workloadsOf(rendering)) {
      if (!isServing(workload) && workload.resource.manifest.kind !== "DaemonSet") continue;
      for (const container of workload.pod.containers) {
        for (const probe of ["readinessProbe", "livenessProbe"] as const) {
          if (!container[probe])
            yield { resource: workload.resource, problem: `container ${container.name} has no ${probe}` };
        }
      }
    }
  },
};

const portNames = ({ ports = [] }: Container): Set<string | undefined> => new Set(ports.map(({ name }) => name));

const namedPorts: Rule = {
  id: "container-port-names",
  reason: "Services, probes and monitors refer to ports by name; a name that no container has leads nowhere.",
  remedy: "Name the container's port, in 15 lower-case characters at most, and refer to it by that name",
  severity: "error",
  *check(rendering) {
    for (const { resource, pod } of workloadsOf(rendering)) {
      for (const container of containersOf({ pod })) {
        for (const { name, containerPort } of container.ports ?? []) {
          if (!/^[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/.test(name ?? "")) {
            yield { resource, problem: `port ${containerPort} of container ${container.name} has no proper name` };
          }
        }
        const names = portNames(container);
        for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"]) {
          const port = at(container, probe, "httpGet", "port") ?? at(container, probe, "tcpSocket", "port");
          if (typeof port === "string" && !names.has(port)) {
            yield {
              resource,
              problem: `the ${probe} of container ${container.name} asks port "${port}", which it lacks`,
            };
          }
        }
      }
    }
  },
};

const seconds = (workload: Workload, variable: string): number =>
  workload.pod.containers.reduce(
    (longest, { env = [] }) => Math.max(longest, Number(env.find(({ name }) => name === variable)?.value ?? 0)),
    0,
  );

const grace: Rule = {
  id: "pod-grace-period",
  reason: "A pod that is killed while it drains loses what it had begun.",
  remedy: "Raise terminationGracePeriodSeconds above the delay, the drain and the sidecar's own end together",
  severity: "error",
  *check(rendering) {
    for (const workload of workloadsOf(rendering)) {
      if (!isServing(workload)) continue;
      const given = numberAt(workload.pod, "terminationGracePeriodSeconds") ?? 30;
      const sidecar = hasSidecar(workload) ? Number(workload.annotations["dapr.io/graceful-shutdown-seconds"] ?? 5) : 0;
      const needed =
        seconds(workload, "SHUTDOWN_DELAY_SECONDS") + seconds(workload, "SHUTDOWN_DRAIN_SECONDS") + sidecar;
      if (given <= needed) {
        yield { resource: workload.resource, problem: `it gets ${given} s to end, and needs more than ${needed} s` };
      }
    }
  },
};

const volumes: Rule = {
  id: "container-volumes",
  reason: "A mount without its volume keeps the pod from being created.",
  remedy: "Declare the volume in the pod, or remove the mount",
  severity: "error",
  *check(rendering) {
    for (const { workload, pod } of injectedWorkloadsOf(rendering)) {
      const { volumes: declared } = pod.spec;
      const names = new Set(Array.isArray(declared) ? declared.map((volume) => at(volume, "name")) : []);
      for (const { name, volumeMounts = [] } of containersOf({ pod: pod.spec })) {
        for (const mount of volumeMounts) {
          if (!names.has(mount.name)) {
            yield {
              resource: workload.resource,
              problem: `container ${name} mounts "${mount.name}", which is no volume`,
            };
          }
        }
      }
      for (const annotation of ["dapr.io/volume-mounts", "dapr.io/volume-mounts-rw"]) {
        for (const part of workload.annotations[annotation]?.split(",") ?? []) {
          const [volume = ""] = part.trim().split(":");
          if (!names.has(volume)) {
            yield { resource: workload.resource, problem: `${annotation} names "${volume}", which is no volume` };
          }
        }
      }
    }
  },
};

export const containerRules: readonly Rule[] = [resources, probes, namedPorts, grace, volumes];
