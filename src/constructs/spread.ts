import type { Environment } from "#model/environment";
import { isSingleNode } from "#model/environment";
import type { PodSpec } from "./built-in.ts";
import { HOSTNAME_KEY, type Labels } from "./labels.ts";

/** Evenly over zones where nodes have them, and over hosts. */
export const spreadConstraints = (environment: Environment, selector: Labels) =>
  [environment.provider.zoneKey, HOSTNAME_KEY]
    .filter((key) => key !== null)
    .map((topologyKey) => ({
      topologyKey,
      maxSkew: 1,
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: { matchLabels: selector },
    }));

/**
 * Replicas apart from each other: over zones where nodes have them, and over hosts. Nothing on a single node.
 * Preferred, not required: losing a zone must not keep the rest from being scheduled.
 */
export function spread(
  environment: Environment,
  selector: Labels,
): Pick<PodSpec, "topologySpreadConstraints" | "affinity"> {
  if (isSingleNode(environment)) return {};
  return {
    topologySpreadConstraints: spreadConstraints(environment, selector),
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 100, podAffinityTerm: { topologyKey: HOSTNAME_KEY, labelSelector: { matchLabels: selector } } },
        ],
      },
    },
  };
}
