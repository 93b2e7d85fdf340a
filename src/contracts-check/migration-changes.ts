/** Whether the release before can run on the database that the new one leaves, and whether all databases become the same. */
import { type Finding, finding, type Problem } from "./finding.ts";
import type { MigrationRecord, MigrationRecords } from "./migration-records.ts";
import { takings } from "./takings.ts";

/** @param before `undefined`: nothing was recorded then, so nothing can be said */
export function migrationChanges(before: MigrationRecords | undefined, now: MigrationRecords): Finding[] {
  if (!before) return [];
  const services = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return services.flatMap((service) => {
    const [old, current] = [byName(before[service]), byName(now[service])];
    return [
      ...[...old.keys()].filter((name) => !current.has(name)).map((name) => removal(service, name)),
      ...[...current.values()].flatMap((record, index, all) =>
        ofOne(service, old.get(record.name), record, all.slice(0, index)),
      ),
    ];
  });
}

const byName = (records: readonly MigrationRecord[] = []): Map<string, MigrationRecord> =>
  new Map(records.map((record) => [record.name, record]));

const contractOf = (name: string): string => `migration ${name}`;

const removal = (service: string, name: string): Finding =>
  finding(service, contractOf(name), "removed", [
    { path: "", reason: "is gone: databases that have it keep what new ones never get", breaks: "databases" },
  ]);

function ofOne(
  service: string,
  old: MigrationRecord | undefined,
  now: MigrationRecord,
  earlier: readonly MigrationRecord[],
): Finding[] {
  const contract = contractOf(now.name);
  if (old) {
    const isSame = JSON.stringify(old.statements) === JSON.stringify(now.statements);
    const reason = "is another than it was: databases that have it do not apply it again; write one more";
    return isSame ? [] : [finding(service, contract, "changed", [{ path: "", reason, breaks: "databases" }])];
  }
  const note = now.takesAway === null ? undefined : `releases before it lose ${now.takesAway}: no way back past it`;
  return [finding(service, contract, "added", now.takesAway === null ? undeclared(now, earlier) : [], note)];
}

const undeclared = (record: MigrationRecord, earlier: readonly MigrationRecord[]): Problem[] =>
  takings(record, earlier).map((statement) => ({
    path: "",
    reason: `\`${statement}\` takes away what the release before needs: do it a release later, and say so by takesAway`,
    breaks: "the release before",
  }));
