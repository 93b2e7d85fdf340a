import type { LeafChange } from "../leaves.ts";
import type { Value } from "../value.ts";
import { compareVersions, parseImage, parseVersion } from "./image-reference.ts";
import { containersOf, podOf } from "./pods.ts";
import { danger, info, type Raise, ruleSet, warning } from "./rule.ts";

export const images = ruleSet(
  {
    "image-no-digest": danger("An image leaves its digest: what a tag names can change after the review."),
    "image-floating": danger("An image has no version: what runs depends on when a node pulls it."),
    "image-repository": danger("An image comes from somewhere else."),
    "image-major": danger("An image changes its major version."),
    "image-older": warning("An image goes back to an older version, or to one whose order is not known."),
    "image-moved-tag": warning("The same tag names other bytes."),
    "image-unpinned": info("A new image is not pinned by digest."),
    "image-pull": warning("Nodes pull images in another way."),
  },
  ({ before, after, leaves }, raise) => {
    if (!after) return;
    const now = podOf(after);
    if (now && !before) {
      for (const { name, fields } of containersOf(now)) inspectNew(name, fields.image, raise);
    }
    for (const leaf of leaves) inspectLeaf(leaf, raise);
  },
);

type Tell = Raise<keyof typeof images.rules & string>;

const imageField = /^(?:image|imageName|imageRef|imageReference)$/;

function inspectLeaf({ path, before, after }: LeafChange, raise: Tell): void {
  const field = path.at(-1);
  if (field === "imagePullPolicy")
    raise("image-pull", `imagePullPolicy: ${String(before ?? "unset")} becomes ${String(after ?? "unset")}`);
  if (typeof field === "string" && imageField.test(field)) compareImages(before, after, raise);
  // A container that is new or gone is a leaf of its own; a new one has an image.
  if (
    typeof after === "object" &&
    after !== null &&
    !Array.isArray(after) &&
    before === undefined &&
    after.image !== undefined
  ) {
    inspectNew(String(after.name ?? "?"), after.image, raise);
  }
}

function inspectNew(name: string, image: Value | undefined, raise: Tell): void {
  const parsed = parseImage(image);
  if (!parsed || (!parsed.digest && (parsed.tag === undefined || parsed.tag === "latest")))
    raise("image-floating", `container ${name} runs ${String(image)}`);
  else if (!parsed.digest) raise("image-unpinned", `container ${name} runs ${String(image)}`);
}

function compareImages(before: Value | undefined, after: Value | undefined, raise: Tell): void {
  const [old, now] = [parseImage(before), parseImage(after)];
  const words = `${short(before)} becomes ${short(after)}`;
  if (!now) {
    raise("image-floating", words);
    return;
  }
  if (old?.digest && !now.digest) raise("image-no-digest", words);
  if (!now.digest && (now.tag === undefined || now.tag === "latest")) raise("image-floating", words);
  if (!old || old.repository !== now.repository) raise("image-repository", words);
  else if (old.tag === now.tag && old.digest !== now.digest && now.digest) raise("image-moved-tag", words);
  else compareTags(old.tag, now.tag, words, raise);
}

/** The whole digest stands in the change itself. */
const short = (image: Value | undefined): string =>
  image === undefined ? "unset" : String(image).replace(/(@sha256:[0-9a-f]{12})[0-9a-f]{52}$/, "$1");

function compareTags(before: string | undefined, after: string | undefined, words: string, raise: Tell): void {
  const [old, now] = [parseVersion(before), parseVersion(after)];
  if (!old && !now) return;
  // From the first release on everything is newer than nothing.
  if (before === "unreleased") return;
  if (!old || !now) {
    raise("image-older", words);
    return;
  }
  if (old.numbers[0] !== now.numbers[0]) raise("image-major", words);
  const order = compareVersions(old, now);
  if (order === undefined || order > 0) raise("image-older", words);
}
