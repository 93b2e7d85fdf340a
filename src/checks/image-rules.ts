import { UNRELEASED } from "#model/images";
import { ownImages } from "#model/own-images";
import { containersOf, workloadsOf } from "./pods.ts";
import type { Rule } from "./rule.ts";

const DIGEST = /@sha256:[0-9a-f]{64}$/;

const imageByDigest: Rule = {
  id: "image-by-digest",
  reason: "A tag can be moved to other bytes after the review.",
  remedy: "Pin it with npm run bump -- --env ENV IMAGE=TAG@sha256:DIGEST",
  severity: "error",
  *check(rendering) {
    for (const workload of workloadsOf(rendering)) {
      for (const { name, image = "" } of containersOf(workload)) {
        const ours = image.startsWith(`${rendering.environment.registry}/`);
        if (ours && !DIGEST.test(image) && !image.endsWith(`:${UNRELEASED.tag}`)) {
          yield { resource: workload.resource, problem: `container ${name} runs ${image}, which has no digest` };
        }
      }
    }
  },
};

const imageReleased: Rule = {
  id: "image-released",
  reason: "Before the first release there is nothing to pull.",
  remedy: "Release it, then npm run bump; promotion refuses it until then",
  severity: "warning",
  *check(rendering) {
    const { model, environment, images } = rendering;
    for (const image of ownImages(model)) {
      const origin = image in model.services ? `services.${image}` : `environments.${environment.name}`;
      if (!images[image]?.digest) yield { origin, problem: `${image} has no released image` };
    }
  },
};

const noLatest: Rule = {
  id: "image-not-latest",
  reason: "What `latest` is depends on when a node pulls it.",
  remedy: "Give an exact version",
  severity: "error",
  *check(rendering) {
    for (const workload of workloadsOf(rendering)) {
      for (const { name, image = "" } of containersOf(workload)) {
        const tag = /:([^/@]+)(@|$)/.exec(image)?.[1];
        if (!DIGEST.test(image) && (tag === undefined || tag === "latest")) {
          yield { resource: workload.resource, problem: `container ${name} runs ${image || "no image"}` };
        }
      }
    }
  },
};

export const imageRules: readonly Rule[] = [imageByDigest, noLatest, imageReleased];
