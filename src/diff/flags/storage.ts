import type { Manifest } from "#emit/document";
import { at, canonical, type Fields, mapAt, mapsAt, textAt, type Value } from "../value.ts";
import { containersOf, podOf } from "./pods.ts";
import { quantity } from "./quantity.ts";
import { danger, type Raise, ruleSet, warning } from "./rule.ts";

export const storage = ruleSet(
  {
    "storage-shrinks": danger("A volume cannot become smaller: the change is refused or never happens."),
    "storage-changed": danger("Data moves to another kind of volume, or stays behind on the old one."),
    "storage-deletion": danger("Volumes are deleted together with what uses them."),
    "volume-removed": danger("Pods lose a volume that outlives them."),
    "volume-changed": warning("Pods see other files."),
    "backup-weaker": danger("Fewer backups are made or kept, or they go elsewhere."),
    "database-version": danger("A database runs in another version: an upgrade that cannot go back."),
    "database-settings": warning("A database runs with other settings or users."),
    "storage-class-default": warning("Claims without a class get other volumes."),
  },
  ({ before, after, kind, group, leaves }, raise) => {
    if (!before || !after) return;
    for (const { path, before: old, after: now } of leaves) {
      const last = path.at(-1);
      const isSize =
        (last === "storage" && path.some((step) => step === "requests")) ||
        (last === "size" && path.some((step) => /storage/i.test(String(step))));
      if (isSize && isSmaller(old, now)) raise("storage-shrinks", words(String(last), old, now));
      if (last === "deleteClaim" && now === true) raise("storage-deletion", "deleteClaim is true");
    }
    if (group === "kafka.strimzi.io" && (kind === "KafkaNodePool" || kind === "Kafka"))
      inspectKafkaStorage(before, after, raise);
    if (group === "postgresql.cnpg.io") inspectDatabase(before, after, raise);
    if (kind === "StatefulSet") inspectRetention(before, after, raise);
    if (kind === "PersistentVolume" && textAt(before, "spec", "persistentVolumeReclaimPolicy") === "Retain") {
      const policy = textAt(after, "spec", "persistentVolumeReclaimPolicy");
      if (policy !== "Retain") raise("storage-deletion", words("persistentVolumeReclaimPolicy", "Retain", policy));
    }
    if (kind === "StorageClass") {
      const key = "storageclass.kubernetes.io/is-default-class";
      const [old, now] = [
        textAt(before, "metadata", "annotations", key),
        textAt(after, "metadata", "annotations", key),
      ];
      if (old !== now) raise("storage-class-default", words(key, old, now));
    }
    inspectVolumes(before, after, raise);
  },
);

type Tell = Raise<keyof typeof storage.rules & string>;

const words = (path: string, before: Value | undefined, after: Value | undefined): string =>
  `${path}: ${before === undefined ? "unset" : String(before)} becomes ${after === undefined ? "unset" : String(after)}`;

const isSmaller = (before: Value | undefined, after: Value | undefined): boolean => {
  const [old, now] = [quantity(before), quantity(after)];
  return old !== undefined && (now === undefined || now < old);
};

function inspectKafkaStorage(before: Manifest, after: Manifest, raise: Tell): void {
  const place = before.kind === "Kafka" ? ["spec", "kafka", "storage"] : ["spec", "storage"];
  const [old, now] = [mapAt(before, ...place), mapAt(after, ...place)];
  if (old.type !== now.type) raise("storage-changed", words("storage type", old.type, now.type));
  const volumes = (from: Fields) =>
    new Map(
      (from.volumes === undefined ? [from] : mapsAt(from, "volumes")).map((volume) => [
        String(volume.id ?? "0"),
        volume,
      ]),
    );
  const has = volumes(now);
  for (const [id, volume] of volumes(old)) {
    const other = has.get(id);
    if (!other) raise("storage-changed", `volume ${id} is gone`);
    else if (volume.type !== other.type || volume.class !== other.class)
      raise("storage-changed", `volume ${id}: another type or class`);
  }
}

function inspectRetention(before: Manifest, after: Manifest, raise: Tell): void {
  for (const when of ["whenDeleted", "whenScaled"]) {
    const [old, now] = [
      at(before, "spec", "persistentVolumeClaimRetentionPolicy", when),
      at(after, "spec", "persistentVolumeClaimRetentionPolicy", when),
    ];
    if (now === "Delete" && old !== "Delete") raise("storage-deletion", words(when, old, now));
  }
}

function inspectDatabase(before: Manifest, after: Manifest, raise: Tell): void {
  const differs = (...path: string[]): boolean => canonical(at(before, ...path)) !== canonical(at(after, ...path));
  if (differs("spec", "backup") || differs("spec", "plugins"))
    raise("backup-weaker", "spec.backup or spec.plugins changed");
  if (before.kind === "ScheduledBackup" && differs("spec"))
    raise("backup-weaker", "the schedule or its target changed");
  if (differs("spec", "imageName") || differs("spec", "imageCatalogRef"))
    raise("database-version", words("spec.imageName", at(before, "spec", "imageName"), at(after, "spec", "imageName")));
  if (differs("spec", "storage", "storageClass") || differs("spec", "walStorage", "storageClass"))
    raise("storage-changed", "another storage class");
  if (differs("spec", "databaseReclaimPolicy") && at(after, "spec", "databaseReclaimPolicy") === "delete")
    raise("storage-deletion", "databaseReclaimPolicy is delete");
  for (const field of [
    "postgresql",
    "managed",
    "bootstrap",
    "enableSuperuserAccess",
    "pgbouncer",
    "externalClusters",
    "replica",
    "certificates",
    "minSyncReplicas",
    "maxSyncReplicas",
  ]) {
    if (differs("spec", field)) raise("database-settings", `spec.${field} changed`);
  }
}

/** A volume that ends with its pod is only a change; a claim holds data. */
const holdsData = (volume: Fields): boolean =>
  volume.persistentVolumeClaim !== undefined ||
  volume.ephemeral !== undefined ||
  volume.csi !== undefined ||
  volume.nfs !== undefined;

function inspectVolumes(before: Manifest, after: Manifest, raise: Tell): void {
  const [old, now] = [podOf(before), podOf(after)];
  if (!old || !now) return;
  const volumes = new Map(mapsAt(now.spec, "volumes").map((volume) => [String(volume.name), volume]));
  for (const volume of mapsAt(old.spec, "volumes")) {
    const name = String(volume.name);
    const other = volumes.get(name);
    if (!other) raise(holdsData(volume) ? "volume-removed" : "volume-changed", `volume ${name} is gone`);
    else if (canonical(volume) !== canonical(other))
      raise(holdsData(volume) ? "volume-removed" : "volume-changed", `volume ${name} changed`);
  }
  const claims = (manifest: Manifest) =>
    mapsAt(manifest, "spec", "volumeClaimTemplates").map((claim) => textAt(claim, "metadata", "name") ?? "?");
  for (const name of claims(before))
    if (!claims(after).includes(name)) raise("volume-removed", `claim template ${name} is gone`);
  const mounts = new Map(
    containersOf(now).map(({ name, fields }) => [name, mapsAt(fields, "volumeMounts").map(canonical)]),
  );
  for (const { name, fields } of containersOf(old)) {
    const kept = mounts.get(name);
    if (kept && mapsAt(fields, "volumeMounts").some((mount) => !kept.includes(canonical(mount)))) {
      raise("volume-changed", `a mount of container ${name} is gone or changed`);
    }
  }
}
