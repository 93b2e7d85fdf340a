/** Which statements of a migration leave the release before it without something, read as PostgreSQL reads them. */
import { type AlterTableCmd, type ColumnDef, loadModule, type Node, parseSync } from "libpg-query";
import type { MigrationRecord } from "./migration-records.ts";

await loadModule();

/**
 * The release before runs on while the migration is applied, and again after a rollback. What is not known to leave it
 * everything counts as taking something away, and so does what cannot be read.
 * @param earlier the service's migrations before it
 */
export function takings(record: MigrationRecord, earlier: readonly MigrationRecord[] = []): string[] {
  const unique = new Set(earlier.flatMap(({ statements }) => statements.flatMap(nodesOf)).flatMap(uniqueIndexOf));
  // What a migration made itself, nobody needs yet.
  const made = new Set(record.statements.flatMap(nodesOf).flatMap(makes));
  return record.statements.filter((statement) => {
    const nodes = nodesOf(statement);
    return nodes.length === 0 || !nodes.every((node) => leavesAll(node, { made, unique }));
  });
}

/** Empty where PostgreSQL would not read it. */
function nodesOf(statement: string): Node[] {
  try {
    return (parseSync(statement).stmts ?? []).flatMap(({ stmt }) => stmt ?? []);
  } catch {
    return [];
  }
}

/** Without its schema: a service has only one. */
function makes(node: Node): string[] {
  if ("CreateStmt" in node) return [node.CreateStmt.relation?.relname ?? ""];
  if ("CreateTableAsStmt" in node) return [node.CreateTableAsStmt.into?.rel?.relname ?? ""];
  if ("ViewStmt" in node && !node.ViewStmt.replace) return [node.ViewStmt.view?.relname ?? ""];
  if ("CreateFunctionStmt" in node && !node.CreateFunctionStmt.replace) return lastOf(node.CreateFunctionStmt.funcname);
  if ("CreateEnumStmt" in node) return lastOf(node.CreateEnumStmt.typeName);
  if ("CreateSeqStmt" in node) return [node.CreateSeqStmt.sequence?.relname ?? ""];
  return [];
}

const lastOf = (names: readonly Node[] = []): string[] => {
  const last = names.at(-1);
  return last && "String" in last ? [last.String.sval ?? ""] : [];
};

function uniqueIndexOf(node: Node): string[] {
  return "IndexStmt" in node && node.IndexStmt.unique ? [node.IndexStmt.idxname ?? ""] : [];
}

interface Known {
  readonly made: ReadonlySet<string>;
  readonly unique: ReadonlySet<string>;
}

/** Kinds that never take away. A function or a view that is replaced keeps its signature: PostgreSQL sees to it. */
const adding = new Set([
  "CommentStmt",
  "CompositeTypeStmt",
  "CreateDomainStmt",
  "CreateEnumStmt",
  "CreateExtensionStmt",
  "CreateFunctionStmt",
  "CreateSeqStmt",
  "CreateStatsStmt",
  "CreateStmt",
  "CreateTableAsStmt",
  "CreateTrigStmt",
  "InsertStmt",
  "SelectStmt",
  "UpdateStmt",
  "VariableSetStmt",
  "ViewStmt",
]);

function leavesAll(node: Node, { made, unique }: Known): boolean {
  const isNew = (name: string | undefined): boolean => name !== undefined && made.has(name);
  if (Object.keys(node).every((kind) => adding.has(kind))) return !hasDelete(node);
  if ("AlterTableStmt" in node) {
    const { relation, cmds = [] } = node.AlterTableStmt;
    return isNew(relation?.relname) || cmds.every((cmd) => "AlterTableCmd" in cmd && widens(cmd.AlterTableCmd));
  }
  if ("IndexStmt" in node) return !node.IndexStmt.unique || isNew(node.IndexStmt.relation?.relname);
  if ("AlterEnumStmt" in node) return node.AlterEnumStmt.oldVal === undefined;
  if ("GrantStmt" in node) return node.GrantStmt.is_grant === true;
  if ("DeleteStmt" in node) return isNew(node.DeleteStmt.relation?.relname);
  if ("RenameStmt" in node) return isNew(node.RenameStmt.relation?.relname);
  if ("TruncateStmt" in node) {
    return (node.TruncateStmt.relations ?? []).every((each) => "RangeVar" in each && isNew(each.RangeVar.relname));
  }
  if ("DropStmt" in node) {
    const { objects = [], removeType } = node.DropStmt;
    const names = objects.map(namesOf);
    if (removeType === "OBJECT_INDEX") return names.every((parts) => !unique.has(parts.at(-1) ?? ""));
    // A trigger stands behind its table.
    return names.every((parts) => parts.some(isNew));
  }
  return false;
}

/** `with gone as (delete ...) insert ...` */
const hasDelete = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  Object.entries(value).some(([key, inner]) => key === "DeleteStmt" || hasDelete(inner));

function namesOf(object: Node): string[] {
  const parts =
    "List" in object
      ? object.List.items
      : "TypeName" in object
        ? object.TypeName.names
        : "ObjectWithArgs" in object
          ? object.ObjectWithArgs.objname
          : [];
  return (parts ?? []).flatMap((part) => ("String" in part ? (part.String.sval ?? "") : []));
}

/** Parts of an `alter table` that only allow more, or only say how rows are kept. */
const widening: ReadonlySet<string> = new Set([
  "AT_ClusterOn",
  "AT_DropCluster",
  "AT_DropNotNull",
  "AT_ReplicaIdentity",
  "AT_ResetOptions",
  "AT_ResetRelOptions",
  "AT_SetCompression",
  "AT_SetOptions",
  "AT_SetRelOptions",
  "AT_SetStatistics",
  "AT_SetStorage",
  "AT_ValidateConstraint",
]);

function widens({ subtype, def, name = "" }: AlterTableCmd): boolean {
  if (subtype === "AT_AddColumn") return def !== undefined && "ColumnDef" in def && canBeLeftOut(def.ColumnDef);
  // Whoever leaves the column out relies on its default.
  if (subtype === "AT_ColumnDefault") return def !== undefined;
  // One that is unique is what `on conflict` looks for; these are PostgreSQL's own names for the others.
  if (subtype === "AT_DropConstraint") return /_(?:check|fkey)$/.test(name);
  return subtype !== undefined && widening.has(subtype);
}

/** Whether a release that does not know a column can go on to insert rows. */
function canBeLeftOut({ constraints = [] }: ColumnDef): boolean {
  const kinds = constraints.flatMap((each) => ("Constraint" in each ? (each.Constraint.contype ?? "") : ""));
  const filled = kinds.some((kind) => ["CONSTR_DEFAULT", "CONSTR_GENERATED", "CONSTR_IDENTITY"].includes(kind));
  const isUnique = kinds.some((kind) => ["CONSTR_PRIMARY", "CONSTR_UNIQUE"].includes(kind));
  if (kinds.includes("CONSTR_NOTNULL") && !filled) return false;
  return !isUnique || (kinds.includes("CONSTR_UNIQUE") && !filled);
}
