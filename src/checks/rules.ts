import { accessRules } from "./access-rules.ts";
import { argocdRules } from "./argocd-rules.ts";
import { availabilityRules } from "./availability-rules.ts";
import { capacityRules } from "./capacity-rules.ts";
import { containerRules } from "./container-rules.ts";
import { daprRules } from "./dapr-rules.ts";
import { imageRules } from "./image-rules.ts";
import { kafkaRules } from "./kafka-rules.ts";
import { metadataRules } from "./metadata-rules.ts";
import { networkRules } from "./network-rules.ts";
import { podSecurityRules } from "./pod-security-rules.ts";
import { referenceRules } from "./reference-rules.ts";
import { resiliencyRules } from "./resiliency-rules.ts";
import type { Rule } from "./rule.ts";
import { secretRules } from "./secret-rules.ts";
import { topicRules } from "./topic-rules.ts";

/** Every rule, in the order in which `npm run check -- --list` prints them. */
export const rules: readonly Rule[] = [
  ...imageRules,
  ...podSecurityRules,
  ...containerRules,
  ...availabilityRules,
  ...daprRules,
  ...resiliencyRules,
  ...topicRules,
  ...kafkaRules,
  ...referenceRules,
  ...metadataRules,
  ...argocdRules,
  ...networkRules,
  ...secretRules,
  ...accessRules,
  ...capacityRules,
];
