/** Whether the release before can run on the database that the new one leaves, and whether all databases become the same. */
import { type Finding, finding, type Problem } from "./finding.ts";
import type { MigrationRecord, MigrationRecords } from "./migration-records.ts";

/** @param before `undefined`: nothing was recorded then, so nothing can be said */
export function migrationChanges(before: MigrationRecords | undefined, now: MigrationRecords): Finding[] {
  if (!before) return [];
  const services = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return services.flatMap((service) => {
    const [old, current] = [byName(before[service]), byName(now[service])];
    return [
      ...[...old.keys()].filter((name) => !current.has(name)).map((name) => removal(service, name)),
      ...[...current.values()].flatMap((record) => ofOne(service, old.get(record.name), record)),
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

function ofOne(service: string, old: MigrationRecord | undefined, now: MigrationRecord): Finding[] {
  const contract = contractOf(now.name);
  if (old) {
    const isSame = JSON.stringify(old.statements) === JSON.stringify(now.statements);
    const reason = "is another than it was: databases that have it do not apply it again; write one more";
    return isSame ? [] : [finding(service, contract, "changed", [{ path: "", reason, breaks: "databases" }])];
  }
  const note = now.takesAway === null ? undefined : `releases before it lose ${now.takesAway}: no way back past it`;
  return [finding(service, contract, "added", now.takesAway === null ? undeclared(now) : [], note)];
}

const undeclared = (record: MigrationRecord): Problem[] =>
  takings(record).map((statement) => ({
    path: "",
    reason: `\`${statement}\` takes away what the release before needs: do it a release later, and say so by takesAway`,
    breaks: "the release before",
  }));

/** What a migration made itself, nobody needs yet. */
const MAKES = /^create (?:unlogged )?table (?:if not exists )?(\S+)/i;

const DROPS = /^drop (?:table|view|materialized view|schema|type|function|sequence|trigger) (?:if exists )?(\S+)/i;
const ALTERS = /^alter table (?:if exists )?(?:only )?(\S+) (.*)$/i;
const UNIQUE = /^create unique index (?:concurrently )?(?:if not exists )?\S+ on (?:only )?([^\s(]+)/i;
const EMPTIES = /^(?:truncate(?: table)?|delete from) (?:only )?(\S+)/i;

/** Of an `alter table`. Dropping a default or a constraint only allows more. */
const narrows = [
  /\bdrop (?!constraint\b|default\b|not null\b|identity\b|expression\b)/i,
  /\brename\b/i,
  /\btype\b/i,
  /\bset not null\b/i,
  /\badd (?:constraint|check|unique|primary key|foreign key|exclude)\b/i,
  /\badd (?:column )?(?:if not exists )?\S+ (?!.*\bdefault\b).*\bnot null\b/i,
];

/** Statements that leave a release before it without something. */
export function takings({ statements }: MigrationRecord): string[] {
  const made = new Set(statements.flatMap((statement) => MAKES.exec(statement)?.[1] ?? []));
  const isOlder = (name: string | undefined): boolean => name !== undefined && !made.has(name);
  return statements.filter((statement) => {
    const [, altered, what = ""] = ALTERS.exec(statement) ?? [];
    if (isOlder(altered)) return narrows.some((pattern) => pattern.test(what));
    return [DROPS, UNIQUE, EMPTIES].some((pattern) => isOlder(pattern.exec(statement)?.[1]));
  });
}
