import { waveOf } from "./applications.ts";
import { definitionsOf, isGiven, servicePorts } from "./definitions.ts";
import { selects, workloadsByNamespace } from "./pods.ts";
import { fieldsAt, listAt, textMapAt, textsAt } from "./read.ts";
import { type Reference, referencesOf } from "./references.ts";
import type { Rule } from "./rule.ts";

const text = ({ kind, namespace, name }: Reference): string => `${kind} ${namespace ? `${namespace}/` : ""}${name}`;

const exists: Rule = {
  id: "reference-exists",
  reason: "A name that leads nowhere keeps a pod from starting, a route from working or a right from being given.",
  remedy: "Render what is named, or let an ExternalSecret, a Certificate or an operator of ours make it",
  severity: "error",
  *check(rendering) {
    const definitions = definitionsOf(rendering);
    for (const reference of referencesOf(rendering)) {
      const { kind, namespace, name, port, from, key } = reference;
      const defined = definitions.get(key);
      if (defined === undefined) {
        if (!isGiven(rendering, kind, namespace, name)) {
          yield { resource: from, problem: `it refers to ${text(reference)}, which nothing makes` };
        }
      } else if (defined?.manifest.kind === "Service" && port !== undefined && !servicePorts(defined).has(port)) {
        yield { resource: from, problem: `${text(reference)} has no port ${port}` };
      }
    }
  },
};

const inOrder: Rule = {
  id: "sync-wave-order",
  reason: "What refers to a later wave cannot become healthy, and so keeps that wave from ever starting.",
  remedy: "Move what is referred to into the same or an earlier wave",
  severity: "error",
  *check(rendering) {
    const definitions = definitionsOf(rendering);
    for (const reference of referencesOf(rendering)) {
      const { from, key } = reference;
      const definer = definitions.get(key);
      if (!definer || definer === from) continue;
      const [mine, its] = [waveOf(rendering, from), waveOf(rendering, definer)];
      const sameApplication = definer.application === from.application;
      const later = sameApplication ? its.own > mine.own : its.application > mine.application;
      if (!later) continue;
      yield {
        resource: from,
        problem: sameApplication
          ? `it is applied in wave ${mine.own} and refers to ${text(reference)} of wave ${its.own}`
          : `its Application is synced in wave ${mine.application} and refers to ${text(reference)} of wave ${its.application}`,
      };
    }
  },
};

const selectorsMatch: Rule = {
  id: "selector-matches",
  reason: "A selector that matches nothing sends traffic nowhere, protects nothing and measures nothing.",
  remedy: "Use selectorLabels() of the workload on both sides",
  severity: "error",
  *check(rendering) {
    const byNamespace = workloadsByNamespace(rendering);
    for (const { resource, labels } of [...byNamespace.values()].flat()) {
      const selector = textMapAt(resource.manifest.spec, "selector", "matchLabels");
      if (Object.keys(selector).length > 0 && !selects(selector, labels)) {
        yield { resource, problem: "its selector does not match its own pods" };
      }
    }
    for (const [kind, path] of [
      ["Service", ["selector"]],
      ["PodDisruptionBudget", ["selector", "matchLabels"]],
      ["PodMonitor", ["selector", "matchLabels"]],
    ] as const) {
      for (const resource of rendering.ofKind(kind)) {
        const selector = textMapAt(resource.manifest.spec, ...path);
        const { namespace = "" } = resource.manifest.metadata;
        // Pods of operators are theirs to label, and are not rendered here.
        if (Object.keys(selector).length === 0 || isForeign(selector) || looksElsewhere(resource.manifest.spec))
          continue;
        if (!byNamespace.get(namespace)?.some(({ labels }) => selects(selector, labels))) {
          yield { resource, problem: "it selects no pods" };
        }
      }
    }
    for (const resource of rendering.ofKind("ServiceMonitor")) {
      const selector = textMapAt(resource.manifest.spec, "selector", "matchLabels");
      const { namespace } = resource.manifest.metadata;
      if (isForeign(selector) || looksElsewhere(resource.manifest.spec)) continue;
      const services = rendering
        .ofKind("Service")
        .filter(({ manifest }) => manifest.metadata.namespace === namespace)
        .filter(({ manifest }) => selects(selector, textMapAt(manifest.metadata, "labels")));
      if (services.length === 0) yield { resource, problem: "it selects no Service" };
    }
  },
};

/** Labels of operators and of charts, whose pods no rendering shows. */
const isForeign = (selector: Readonly<Record<string, string>>): boolean =>
  Object.keys(selector).some((key) =>
    /^(strimzi\.io|cnpg\.io|gateway\.envoyproxy\.io|dapr\.io|acme\.cert-manager\.io)\//.test(key),
  ) || "app" in selector;

const looksElsewhere = (spec: unknown): boolean =>
  textsAt(spec, "namespaceSelector", "matchNames").length > 0 || fieldsAt(spec, "namespaceSelector").any === true;

const monitored: Rule = {
  id: "monitor-port-exists",
  reason: "A monitor that names a port nobody has scrapes nothing, and every alert on its metrics stays silent.",
  remedy: "Name a port of the Service, or of the pods' containers",
  severity: "error",
  *check(rendering) {
    for (const resource of rendering.ofKind("ServiceMonitor")) {
      const selector = textMapAt(resource.manifest.spec, "selector", "matchLabels");
      const { namespace } = resource.manifest.metadata;
      const services = rendering
        .ofKind("Service")
        .filter(({ manifest }) => manifest.metadata.namespace === namespace)
        .filter(({ manifest }) => selects(selector, textMapAt(manifest.metadata, "labels")));
      if (services.length === 0) continue;
      const names = new Set(services.flatMap(({ manifest }) => listAt(manifest.spec, "ports").map(({ name }) => name)));
      for (const { port } of listAt(resource.manifest.spec, "endpoints")) {
        if (port !== undefined && !names.has(port))
          yield { resource, problem: `no Service has a port "${String(port)}"` };
      }
    }
  },
};

const servicePort: Rule = {
  id: "service-port-exists",
  reason: "A Service whose target port no container has accepts connections and resets them.",
  remedy: "Target a named port of the pods' containers",
  severity: "error",
  *check(rendering) {
    const byNamespace = workloadsByNamespace(rendering);
    for (const resource of rendering.ofKind("Service")) {
      const selector = textMapAt(resource.manifest.spec, "selector");
      const pods = (byNamespace.get(resource.manifest.metadata.namespace ?? "") ?? []).filter(({ labels }) =>
        selects(selector, labels),
      );
      if (pods.length === 0) continue;
      const ports = pods.flatMap(({ pod }) => pod.containers.flatMap(({ ports: own = [] }) => own));
      for (const { name, port, targetPort = port } of listAt(resource.manifest.spec, "ports")) {
        const hit = ports.some((own) => own.name === targetPort || own.containerPort === targetPort);
        if (!hit)
          yield {
            resource,
            problem: `port ${String(name ?? port)} leads to "${String(targetPort)}", which no container has`,
          };
      }
    }
  },
};

export const referenceRules: readonly Rule[] = [exists, inOrder, selectorsMatch, monitored, servicePort];
