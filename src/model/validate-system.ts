import type { ModelProblem } from "./errors.ts";
import type { AnyService } from "./service.ts";
import type { SystemDefinition } from "./system.ts";

/** RFC 1123 label, short enough that derived names (`<name>-database-url`) stay below 63 characters. */
const NAME = /^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/;

/** Ports that daprd takes in the same pod (HTTP, internal gRPC, API gRPC, metrics, profiling). */
const DAPR_PORTS = new Set([3500, 50_001, 50_002, 9090, 7777]);

const isOneOf = (names: Readonly<Record<string, unknown>>): string =>
  Object.keys(names).join(", ") || "nothing is declared";

/** Everything that is wrong with a system, also what the types already refuse: JavaScript callers exist. */
export function validateSystem(model: SystemDefinition): ModelProblem[] {
  const problems: ModelProblem[] = [];
  const report = (entry: string, problem: string, remedy: string): void =>
    void problems.push({ entry, problem, remedy });

  for (const part of ["topics", "services", "stores", "secrets", "outside"] as const) {
    for (const name of Object.keys(model[part])) {
      if (!NAME.test(name))
        report(
          `${part}.${name}`,
          "the name is no lower-case label of at most 40 characters",
          "Rename it: letters, digits and hyphens, a letter first",
        );
    }
  }

  const deadLetters = Object.entries(model.topics).filter(([, t]) => t.kind === "dead-letter-topic");
  if (deadLetters.length !== 1) {
    report(
      "topics",
      `${deadLetters.length} dead letter topics are declared`,
      "Declare exactly one with deadLetterTopic(...)",
    );
  }
  for (const [name, topic] of Object.entries(model.topics)) validateTopic(model, name, topic, report);
  for (const [name, service] of Object.entries(model.services)) validateService(model, name, service, report);
  validatePorts(model, report);
  validateRoutes(model, report);
  validateUse(model, report);
  return problems;
}

type Report = (entry: string, problem: string, remedy: string) => void;

function validateTopic(
  model: SystemDefinition,
  name: string,
  topic: SystemDefinition["topics"][string],
  report: Report,
): void {
  const entry = `topics.${name}`;
  if (!Number.isInteger(topic.partitions) || topic.partitions < 1) {
    report(entry, `${topic.partitions} partitions`, "Give a whole number from 1 on");
  }
  if (!(topic.retention.milliseconds >= 60_000))
    report(entry, "it is kept for less than a minute", "Give a retention, e.g. days(7)");
  if (topic.kind === "dead-letter-topic") return;
  const services = Object.values(model.services);
  if (!services.some((s) => s.publishes.includes(name))) {
    report(entry, "nobody publishes it", `Add "${name}" to a service's publishes, or remove the topic`);
  }
  if (!topic.external && !services.some((s) => s.subscribes.includes(name))) {
    report(entry, "nobody subscribes to it", `Add "${name}" to a service's subscribes, or declare it external: true`);
  }
  for (const type of topic.events.types) {
    const twin = Object.entries(model.topics).find(
      ([other, t]) => other < name && t.kind === "topic" && t.events.types.includes(type),
    );
    if (twin) report(entry, `event type ${type} is also on topic ${twin[0]}`, "Give each event type one topic");
  }
}

function validateService(model: SystemDefinition, name: string, service: AnyService, report: Report): void {
  const entry = `services.${name}`;
  const known = (used: readonly string[], declared: Readonly<Record<string, unknown>>, what: string): void => {
    for (const item of used) {
      if (!Object.hasOwn(declared, item))
        report(entry, `${what} "${item}" is not declared`, `Declare it or use one of: ${isOneOf(declared)}`);
    }
    for (const item of new Set(used.filter((x, i) => used.indexOf(x) !== i)))
      report(entry, `${what} "${item}" is listed twice`, "List it once");
  };
  const eventTopics = Object.fromEntries(Object.entries(model.topics).filter(([, t]) => t.kind === "topic"));
  known(service.publishes, eventTopics, "topic");
  known(service.subscribes, eventTopics, "topic");
  known(service.stores, model.stores, "store");
  known(service.secrets, model.secrets, "secret");
  known(service.egress, model.outside, "outside host");

  for (const callee of Object.keys(service.invokes)) {
    const target = model.services[callee];
    if (!target)
      report(
        entry,
        `it invokes "${callee}", which is not declared`,
        `Declare it or use one of: ${isOneOf(model.services)}`,
      );
    else if (callee === name) report(entry, "it invokes itself", "Call the function directly");
    else if (target.role === "consumer")
      report(entry, `it invokes "${callee}", a consumer`, `Make "${callee}" an api, or publish an event to it`);
  }
  if (service.role === "consumer" && service.subscribes.length === 0)
    report(entry, "a consumer without subscriptions", "Subscribe to a topic or make it an api");

  const { min, max } = service.scale;
  if (!(Number.isInteger(min) && Number.isInteger(max) && min >= 1 && max >= min)) {
    report(entry, `scale ${min} to ${max}`, "Give whole numbers with 1 <= min <= max");
  }
  const { requests, limits } = service.resources;
  if (limits.memory.mebibytes < requests.memory.mebibytes)
    report(entry, "its memory limit is below its request", "Raise the limit");
  if (limits.cpu.millicores < requests.cpu.millicores)
    report(entry, "its CPU limit is below its request", "Raise the limit");
  for (const [binding, schedule] of Object.entries(service.cron)) {
    if (!/^@every (\d+[smh])+$/.test(schedule) && schedule.trim().split(/\s+/).length !== 6) {
      report(
        entry,
        `cron binding ${binding} has the schedule "${schedule}"`,
        'Use "@every 5m" or a six-field cron expression',
      );
    }
  }
}

function validatePorts(model: SystemDefinition, report: Report): void {
  const seen = new Map<number, string>();
  for (const [name, { port }] of Object.entries(model.services)) {
    const entry = `services.${name}`;
    const other = seen.get(port);
    if (!Number.isInteger(port) || port < 1024 || port > 65_535)
      report(entry, `port ${port}`, "Give a port from 1024 to 65535");
    else if (DAPR_PORTS.has(port))
      report(entry, `port ${port} is taken by the Dapr sidecar of the same pod`, "Choose another");
    if (other)
      report(
        entry,
        `port ${port} is also the port of "${other}"`,
        "Give each service its own: they all run on one laptop",
      );
    seen.set(port, name);
  }
}

function validateRoutes(model: SystemDefinition, report: Report): void {
  const seen = new Map<string, string>();
  for (const [name, service] of Object.entries(model.services)) {
    for (const path of Object.keys(service.routes)) {
      const other = seen.get(path);
      if (!/^\/([a-z0-9-]+(\/[a-z0-9-]+)*)?$/.test(path))
        report(`services.${name}`, `public route "${path}"`, 'Give a path prefix such as "/api"');
      if (other)
        report(`services.${name}`, `public route "${path}" also leads to "${other}"`, "Give each route to one service");
      seen.set(path, name);
    }
  }
}

/** What nobody uses is a fact that nobody checks. */
function validateUse(model: SystemDefinition, report: Report): void {
  const services = Object.values(model.services);
  const parts = [
    ["stores", "stores"],
    ["secrets", "secrets"],
    ["outside", "egress"],
  ] as const;
  for (const [part, list] of parts) {
    for (const name of Object.keys(model[part])) {
      if (!services.some((s) => s[list].includes(name)))
        report(`${part}.${name}`, "no service uses it", "Remove it or list it at a service");
    }
  }
  for (const cron of new Set(services.flatMap((s) => Object.keys(s.cron)))) {
    const owners = Object.entries(model.services)
      .filter(([, s]) => cron in s.cron)
      .map(([n]) => n);
    if (owners.length > 1)
      report(
        `services.${owners[1]}`,
        `cron binding "${cron}" is also declared by "${owners[0]}"`,
        "Give each binding one service",
      );
  }
}
