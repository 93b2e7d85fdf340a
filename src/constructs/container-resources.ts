import { k8s } from "cdk8s-plus-28";
import { type Bytes, bytesQuantity, cpuQuantity, mebibytes, type Resources } from "#model/quantities";

interface EphemeralStorage {
  readonly request: Bytes;
  readonly limit: Bytes;
}

/** Logs and `/tmp` of a process that writes little. */
const LITTLE: EphemeralStorage = { request: mebibytes(64), limit: mebibytes(256) };

/** Requests and limits of a container, ephemeral storage included. */
export function containerResources(resources: Resources, storage: EphemeralStorage = LITTLE): k8s.ResourceRequirements {
  const quantity = k8s.Quantity.fromString;
  const { requests, limits } = resources;
  return {
    requests: {
      cpu: quantity(cpuQuantity(requests.cpu)),
      memory: quantity(bytesQuantity(requests.memory)),
      "ephemeral-storage": quantity(bytesQuantity(storage.request)),
    },
    limits: {
      ...(limits.cpu ? { cpu: quantity(cpuQuantity(limits.cpu)) } : {}),
      memory: quantity(bytesQuantity(limits.memory)),
      "ephemeral-storage": quantity(bytesQuantity(storage.limit)),
    },
  };
}
