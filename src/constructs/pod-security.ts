/** What Pod Security `restricted` asks of a pod and its containers, and the hardening lists on top of it. */
import type { k8s } from "cdk8s-plus-28";
import type { Plain } from "./built-in.ts";

/** User and group of our images: above 10000, so that no user of the node has the same id. */
export const UID = 10_001;

export const podSecurityContext = (): Plain<k8s.PodSecurityContext> => ({
  runAsNonRoot: true,
  runAsUser: UID,
  runAsGroup: UID,
  fsGroup: UID,
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
});

export const containerSecurityContext = (): Plain<k8s.SecurityContext> => ({
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: UID,
  runAsGroup: UID,
  seccompProfile: { type: "RuntimeDefault" },
});
