import type { Comparison } from "../compare.ts";
import { argocd } from "./argocd.ts";
import { type ContractJudge, contractFlags, contractRules, isContract } from "./contracts.ts";
import { dapr } from "./dapr.ts";
import { exposure } from "./exposure.ts";
import { images } from "./images.ts";
import { immutable } from "./immutable.ts";
import { kafka } from "./kafka.ts";
import { network } from "./network.ts";
import { platform } from "./platform.ts";
import { rbac } from "./rbac.ts";
import { removal } from "./removal.ts";
import { type RuleInfo, type RuleSet, type Severity, type Subject, subjectsOf } from "./rule.ts";
import { secrets } from "./secrets.ts";
import { security } from "./security.ts";
import { storage } from "./storage.ts";
import { tls } from "./tls.ts";
import { workloads } from "./workloads.ts";

const ruleSets: readonly RuleSet[] = [
  removal,
  immutable,
  storage,
  kafka,
  rbac,
  network,
  exposure,
  security,
  workloads,
  images,
  dapr,
  tls,
  secrets,
  argocd,
  platform,
] as readonly RuleSet[];

/** Every rule by its id. */
export const rules: Readonly<Record<string, RuleInfo>> = Object.assign(
  {},
  ...ruleSets.map((set) => set.rules),
  contractRules,
);

/** A flag in one environment. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly environment: string;
  readonly subject: Pick<Subject, "before" | "after"> | { readonly file: string };
  readonly reason: string;
}

/** Everything that a reviewer must be told about, in no particular order. */
export function findingsOf(comparison: Comparison, judge: ContractJudge = contractFlags): Finding[] {
  const findings: Finding[] = [];
  const add = (rule: string, environment: string, subject: Finding["subject"], reason: string): void => {
    const severity = rules[rule]?.severity;
    if (severity === undefined) throw new RangeError(`there is no rule ${rule}`);
    findings.push({ rule, severity, environment, subject, reason });
  };
  for (const pair of comparison.pairs) {
    for (const subject of subjectsOf(pair, comparison)) {
      for (const { inspect } of ruleSets)
        inspect(subject, (rule, reason) => add(rule, pair.environment, subject, reason));
      const { before, after } = subject;
      if (before && isContract(before)) {
        const { environment } = pair;
        for (const reason of judge({ environment, before, after }))
          add("contract-breaks", environment, subject, reason);
      }
    }
  }
  for (const { environment, manifest, path } of comparison.duplicates) {
    add("duplicate-resource", environment, { before: undefined, after: manifest }, `it stands again in ${path}`);
  }
  for (const { environment, path, gone } of comparison.foreign) {
    add("not-a-manifest", environment, { file: path }, gone ? "the file is gone" : "the file is new or changed");
  }
  return findings;
}
