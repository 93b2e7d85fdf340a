import { kindOf, versionOf } from "./kinds.ts";
import { isJob, workloadsOf } from "./pods.ts";
import { textAt, textMapAt } from "./read.ts";
import type { Resource, Rule } from "./rule.ts";

const known: Rule = {
  id: "kind-known",
  reason: "An API server refuses kinds and versions that it does not serve, and removes those that are deprecated.",
  remedy: "Use the version of imports/kinds.ts, or of the current Kubernetes API",
  severity: "error",
  *check({ resources }) {
    for (const resource of resources) {
      const { apiVersion, kind } = resource.manifest;
      const found = kindOf(resource.manifest);
      if (!found) yield { resource, problem: `nothing defines ${kind} of ${apiVersion}` };
      else if (!found.versions.includes(versionOf(apiVersion))) {
        yield { resource, problem: `${kind} is served as ${found.versions.join(", ")}, not as ${apiVersion}` };
      }
    }
  },
};

const scope: Rule = {
  id: "namespace-given",
  reason: "Without a namespace a resource goes wherever its Application points; a cluster-wide kind has none.",
  remedy: "Name the namespace, or leave it out of cluster-wide kinds",
  severity: "error",
  *check({ resources }) {
    for (const resource of resources) {
      const found = kindOf(resource.manifest);
      const { namespace } = resource.manifest.metadata;
      if (found?.scope === "Namespaced" && !namespace) yield { resource, problem: "it names no namespace" };
      if (found?.scope === "Cluster" && namespace)
        yield { resource, problem: `it is cluster-wide and names ${namespace}` };
    }
  },
};

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
/** RBAC takes any path segment as a name. */
const SEGMENT = /^(?!\.{1,2}$)[^/%]+$/;

/** Names that become a DNS label, a label's value or a part of pods' names. */
const SHORT: ReadonlySet<string> = new Set([
  "Application",
  "CronJob",
  "Deployment",
  "Job",
  "Kafka",
  "KafkaNodePool",
  "KafkaUser",
  "Namespace",
  "ScaledObject",
  "Service",
  "StatefulSet",
]);
const RBAC: ReadonlySet<string> = new Set(["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"]);

/** Pods of these are called after them, with a suffix that has to fit into 63 characters. */
const LONGEST: Readonly<Record<string, number>> = { CronJob: 52, Deployment: 47, StatefulSet: 52 };

const names: Rule = {
  id: "name-legal",
  reason: "Names become host names and label values, which are short and know few characters.",
  remedy: "Shorten or respell the model entry's name",
  severity: "error",
  *check({ resources }) {
    for (const resource of resources) {
      const { kind, metadata } = resource.manifest;
      const pattern = RBAC.has(kind) ? SEGMENT : SHORT.has(kind) ? LABEL : SUBDOMAIN;
      const longest = LONGEST[kind] ?? 253;
      if (!pattern.test(metadata.name)) yield { resource, problem: `"${metadata.name}" is no name for a ${kind}` };
      else if (metadata.name.length > longest) {
        yield {
          resource,
          problem: `its name has ${metadata.name.length} characters, of which pods' names take ${longest}`,
        };
      }
    }
  },
};

const KEY = /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/;

function* labelProblems(resource: Resource, labels: Readonly<Record<string, string>>) {
  for (const [key, value] of Object.entries(labels)) {
    if (!KEY.test(key) || typeof value !== "string" || !VALUE.test(value)) {
      yield { resource, problem: `label ${key} has the value ${JSON.stringify(value)}` };
    }
  }
}

const labelsLegal: Rule = {
  id: "label-legal",
  reason: "The API server refuses labels whose values are too long or hold other characters.",
  remedy: "Keep values to 63 letters, digits, dots, hyphens and underscores, and free text to annotations",
  severity: "error",
  *check(rendering) {
    for (const resource of rendering.resources) {
      yield* labelProblems(resource, textMapAt(resource.manifest.metadata, "labels"));
    }
    for (const { resource, labels } of workloadsOf(rendering)) yield* labelProblems(resource, labels);
  },
};

const annotationsAreText: Rule = {
  id: "annotation-text",
  reason: "An annotation that is no text makes the API server refuse the whole resource.",
  remedy: "Make it a text",
  severity: "error",
  *check(rendering) {
    const all = [
      ...rendering.resources.map(
        (resource) => [resource, textMapAt(resource.manifest.metadata, "annotations")] as const,
      ),
      ...workloadsOf(rendering).map(({ resource, annotations }) => [resource, annotations] as const),
    ];
    for (const [resource, annotations] of all) {
      for (const [key, value] of Object.entries(annotations)) {
        if (typeof value !== "string") yield { resource, problem: `annotation ${key} is ${JSON.stringify(value)}` };
        else if (!KEY.test(key)) yield { resource, problem: `"${key}" is no name of an annotation` };
      }
    }
  },
};

const PART_OF = "app.kubernetes.io/part-of";

const recommended: Rule = {
  id: "labels-recommended",
  reason: "Selectors, dashboards and people find what belongs together by the recommended labels.",
  remedy: "Use workloadLabels() for workloads and commonLabels() for everything else",
  severity: "error",
  *check(rendering) {
    for (const resource of rendering.resources) {
      if (!(PART_OF in textMapAt(resource.manifest.metadata, "labels")))
        yield { resource, problem: `it has no ${PART_OF}` };
    }
    for (const workload of workloadsOf(rendering)) {
      for (const key of ["name", "part-of", "component"].map((suffix) => `app.kubernetes.io/${suffix}`)) {
        if (!workload.labels[key]) yield { resource: workload.resource, problem: `its pods have no ${key}` };
      }
    }
  },
};

const jobEnds: Rule = {
  id: "job-ends",
  reason: "A Job without bounds retries for hours, and a sync that waits for it waits as long.",
  remedy: "Set backoffLimit and activeDeadlineSeconds",
  severity: "error",
  *check(rendering) {
    for (const workload of workloadsOf(rendering)) {
      if (!isJob(workload)) continue;
      const { kind, spec } = workload.resource.manifest;
      const job = kind === "CronJob" ? ["jobTemplate", "spec"] : [];
      for (const field of ["backoffLimit", "activeDeadlineSeconds"]) {
        const holder = job.reduce<unknown>((inner, key) => textMapAt(inner)[key], spec);
        if (textMapAt(holder)[field] === undefined)
          yield { resource: workload.resource, problem: `it has no ${field}` };
      }
      const policy = textAt(workload.pod, "restartPolicy");
      if (policy !== "Never" && policy !== "OnFailure") {
        yield { resource: workload.resource, problem: `its pods restart ${policy ?? "always"}` };
      }
    }
  },
};

export const metadataRules: readonly Rule[] = [
  known,
  scope,
  names,
  labelsLegal,
  annotationsAreText,
  recommended,
  jobEnds,
];
