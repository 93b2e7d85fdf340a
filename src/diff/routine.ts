import type { Manifest } from "#emit/document";
import { TOOLS_IMAGE } from "#model/own-images";
import type { Comparison, Pair } from "./compare.ts";
import { compareVersions, parseImage, parseVersion } from "./flags/image-reference.ts";
import type { Finding } from "./flags/index.ts";
import { isMap, type Value } from "./value.ts";

/**
 * Whether only images of our own services changed, each to another build of the same repository, by digest, to no other
 * major version and to none that is older. Nothing may be added, removed, moved or in another order, and no flag of
 * weight may be raised. Judged on the documents themselves, not on what the comparison found; in doubt it is not so.
 */
export function isRoutine(comparison: Comparison, findings: readonly Finding[]): boolean {
  return (
    comparison.duplicates.length === 0 &&
    comparison.foreign.length === 0 &&
    findings.every(({ severity }) => severity === "info") &&
    [...comparison.pairs, ...comparison.unseen].every(isRoutinePair)
  );
}

/** Lists that containers stand in, by kind. */
const containerLists: Readonly<Record<string, string>> = {
  Deployment: "/spec/template/spec/containers/",
  Job: "/spec/template/spec/containers/",
  CronJob: "/spec/jobTemplate/spec/template/spec/containers/",
};

const VERSION_LABEL = "app.kubernetes.io/version";

function isRoutinePair({ before, after, renamed, moved }: Pair): boolean {
  if (!before || !after || renamed || moved || before.origin !== after.origin) return false;
  const list = containerLists[after.manifest.kind];
  // Without our header nobody knows whose image it is.
  if (after.origin === "" || list === undefined) return isSame(before.manifest, after.manifest);
  const [, service = TOOLS_IMAGE] = /^services\.([a-z0-9-]+)$/.exec(after.origin) ?? [];
  const tags = new Map<string, string>();
  const isImage = new RegExp(`^${list}\\d+/image$`);
  return onlyDiffers(before.manifest, after.manifest, "", (path, old, now) => {
    if (isImage.test(path)) return isRoutineImage(service, old, now, tags);
    // A label that says the version moves with the image, and not without it.
    return path.endsWith(`/metadata/labels/${VERSION_LABEL}`) && tags.get(old) === now;
  });
}

const isSame = (before: Manifest, after: Manifest): boolean => onlyDiffers(before, after, "", () => false);

type Allows = (path: string, before: string, after: string) => boolean;

/** The same value but for strings that may differ. Images are looked at first: a label must follow one. */
function onlyDiffers(before: unknown, after: unknown, path: string, allows: Allows): boolean {
  const differences: (readonly [string, string, string])[] = [];
  if (!collect(before as Value, after as Value, path, differences)) return false;
  const images = differences.filter(([where]) => where.endsWith("/image"));
  const others = differences.filter(([where]) => !where.endsWith("/image"));
  return [...images, ...others].every((difference) => allows(...difference));
}

/** @returns false where anything but a string differs */
function collect(
  before: Value | undefined,
  after: Value | undefined,
  path: string,
  found: (readonly [string, string, string])[],
): boolean {
  if (typeof before === "string" && typeof after === "string") {
    if (before !== after) found.push([path, before, after]);
    return true;
  }
  if (Array.isArray(before)) {
    return (
      Array.isArray(after) &&
      before.length === after.length &&
      before.every((item, index) => collect(item, after[index], `${path}/${index}`, found))
    );
  }
  if (isMap(before)) {
    if (!isMap(after)) return false;
    const fields = Object.keys(before);
    return (
      fields.length === Object.keys(after).length &&
      fields.every(
        (field) => Object.hasOwn(after, field) && collect(before[field], after[field], `${path}/${field}`, found),
      )
    );
  }
  return before === after;
}

function isRoutineImage(service: string, before: string, after: string, tags: Map<string, string>): boolean {
  const [old, now] = [parseImage(before), parseImage(after)];
  if (!old?.digest || !now?.digest || !old.tag || !now.tag) return false;
  if (old.repository !== now.repository || !now.repository.endsWith(`/${service}`)) return false;
  // The same tag with other bytes was moved; another tag on the same bytes changes nothing that runs.
  if (old.tag === now.tag) return false;
  const [was, is] = [parseVersion(old.tag), parseVersion(now.tag)];
  if ((was === undefined) !== (is === undefined)) return false;
  if (was && is) {
    const order = compareVersions(was, is);
    if (was.numbers[0] !== is.numbers[0] || order === undefined || order >= 0) return false;
  }
  tags.set(old.tag, now.tag);
  return true;
}
