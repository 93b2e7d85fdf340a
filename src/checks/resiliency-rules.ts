import { policyUses, resilienciesOf, scopesOf, subscriptionsOf } from "./dapr.ts";
import { at, fieldsAt, textAt } from "./read.ts";
import type { Rule } from "./rule.ts";

const retried: Rule = {
  id: "resiliency-dead-letter-retry",
  reason: "Without a retry policy Dapr sends an event to the dead letters at its first failure.",
  remedy: "Give the service's Resiliency an inbound retry for the pub/sub component",
  severity: "error",
  *check(rendering) {
    for (const { subscription, service, pubsub, deadLetterTopic } of subscriptionsOf(rendering)) {
      if (deadLetterTopic === undefined) continue;
      const retries = resilienciesOf(rendering, service).map(({ manifest: { spec } }) => {
        const name = textAt(spec, "targets", "components", pubsub, "inbound", "retry");
        return name === undefined ? undefined : at(spec, "policies", "retries", name);
      });
      const retry = retries.find((policy) => policy !== undefined);
      if (retry === undefined) yield { resource: subscription, problem: `${service} retries no delivery of ${pubsub}` };
      else if (at(retry, "maxRetries") === 0) {
        yield { resource: subscription, problem: `${service} retries deliveries of ${pubsub} not once` };
      }
    }
  },
};

const noInboundBreaker: Rule = {
  id: "resiliency-no-inbound-breaker",
  reason: "An open circuit counts as a permanent error: good events would be sent to the dead letters.",
  remedy: "Leave circuitBreaker out of the component's inbound policies",
  severity: "error",
  *check(rendering) {
    for (const resource of rendering.ofKind("Resiliency")) {
      for (const { where, of } of policyUses(resource)) {
        if (of === "circuitBreakers" && where.endsWith(".inbound")) {
          yield { resource, problem: `targets.${where} breaks circuits` };
        }
      }
    }
  },
};

const noAppBreaker: Rule = {
  id: "resiliency-no-app-breaker",
  reason: "Dapr's circuit breaker counts 4xx: the bad requests of one caller would shut out everybody.",
  remedy: "Leave circuitBreaker out of the app's policies; the kit breaks circuits",
  severity: "error",
  *check(rendering) {
    for (const resource of rendering.ofKind("Resiliency")) {
      for (const { where, of } of policyUses(resource)) {
        if (of === "circuitBreakers" && where.startsWith("apps.")) {
          yield { resource, problem: `targets.${where} breaks circuits` };
        }
      }
    }
  },
};

const streams: Rule = {
  id: "resiliency-streaming-timeout",
  reason: "A timeout ends a stream in the middle, with 200 and a clean end.",
  remedy: "Leave timeout out where the model's edge is streaming",
  severity: "error",
  *check(rendering) {
    for (const resource of rendering.ofKind("Resiliency")) {
      for (const caller of scopesOf(resource)) {
        for (const [callee, { streaming }] of Object.entries(rendering.model.services[caller]?.invokes ?? {})) {
          const timeout = at(resource.manifest.spec, "targets", "apps", callee, "timeout");
          if (streaming && timeout !== undefined) {
            yield { resource, problem: `calls of ${caller} to ${callee} stream and end after ${String(timeout)}` };
          }
        }
      }
    }
  },
};

const repeatable: Rule = {
  id: "resiliency-retry-idempotent",
  reason: "A call that may not be repeated, repeated after a lost answer, has its effect twice.",
  remedy: "Make every callee a target, and retry only edges that the model calls idempotent, on 502, 503 and 504",
  severity: "error",
  *check(rendering) {
    for (const resource of rendering.ofKind("Resiliency")) {
      const { spec } = resource.manifest;
      for (const caller of scopesOf(resource)) {
        for (const callee of Object.keys(rendering.model.services[caller]?.invokes ?? {})) {
          // Dapr's own retries cannot be turned off (fewer than three are taken for three); a target of one's own replaces them.
          if (at(spec, "targets", "apps", callee) === undefined) {
            yield {
              resource,
              problem: `Dapr's own retries repeat calls of ${caller} to ${callee}, which is no target`,
            };
          }
        }
        for (const [callee, target] of Object.entries(fieldsAt(spec, "targets", "apps"))) {
          const retry = textAt(target, "retry");
          if (retry === undefined) continue;
          if (!rendering.model.services[caller]?.invokes[callee]?.idempotent) {
            yield { resource, problem: `calls of ${caller} to ${callee} are retried and may not be repeated` };
          }
          const codes = textAt(spec, "policies", "retries", retry, "matching", "httpStatusCodes");
          if (codes !== "502-504" && codes !== "502,503,504") {
            yield { resource, problem: `the retry ${retry} repeats on ${codes ?? "every failure"}` };
          }
        }
      }
    }
  },
};

const defined: Rule = {
  id: "resiliency-policies-defined",
  reason: "Dapr ignores the name of a policy that does not exist.",
  remedy: "Define the policy in the same Resiliency, or correct its name",
  severity: "error",
  *check(rendering) {
    for (const resource of rendering.ofKind("Resiliency")) {
      for (const { where, of, name } of policyUses(resource)) {
        if (at(resource.manifest.spec, "policies", of, name) === undefined) {
          yield { resource, problem: `targets.${where} names "${name}", which is not among its ${of}` };
        }
      }
    }
  },
};

export const resiliencyRules: readonly Rule[] = [retried, noInboundBreaker, noAppBreaker, streams, repeatable, defined];
