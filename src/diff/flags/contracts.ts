import type { Manifest } from "#emit/document";
import { danger, type RuleInfo } from "./rule.ts";

/** A contract that consumers rely on, before and after. */
export interface ContractChange {
  readonly environment: string;
  readonly before: Manifest;
  readonly after: Manifest | undefined;
}

/**
 * Judges contracts: says in words what breaks a running consumer, nothing where all is well. Handed in from outside,
 * because what is compatible is the contracts' own affair.
 */
export type ContractJudge = (change: ContractChange) => Iterable<string>;

export const contractRules = {
  "contract-breaks": danger("A contract changes in a way that running consumers or stored events do not follow."),
} as const satisfies Record<string, RuleInfo>;

/** Contracts are ConfigMaps with this label, whose values are JSON Schemas by name. */
export const isContract = ({ kind, metadata }: Manifest): boolean =>
  kind === "ConfigMap" &&
  (metadata.labels as Record<string, unknown> | undefined)?.["app.kubernetes.io/component"] === "contracts";

/** The default judge: it knows no contract, so it accuses none; what is not judged is still shown as a change. */
export const contractFlags: ContractJudge = () => [];
