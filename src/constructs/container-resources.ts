import type { k8s } from "cdk8s-plus-28";
import { type Bytes, bytesQuantity, cpuQuantity, mebibytes, type Resources } from "#model/quantities";
import type { Plain } from "./built-in.ts";

interface EphemeralStorage {
  readonly request: Bytes;
  readonly limit: Bytes;
}

/** Logs and `/tmp` of a process that writes little. */
const LITTLE: EphemeralStorage = { request: mebibytes(64), limit: mebibytes(256) };

/** Requests and limits of a container, ephemeral storage included. */
export function containerResources(
  resources: Resources,
  storage: EphemeralStorage = LITTLE,
): Plain<k8s.ResourceRequirements> {
  const { requests, limits } = resources;
  return {
    requests: {
      cpu: cpuQuantity(requests.cpu),
      memory: bytesQuantity(requests.memory),
      "ephemeral-storage": bytesQuantity(storage.request),
    },
    limits: {
      cpu: cpuQuantity(limits.cpu),
      memory: bytesQuantity(limits.memory),
      "ephemeral-storage": bytesQuantity(storage.limit),
    },
  };
}
