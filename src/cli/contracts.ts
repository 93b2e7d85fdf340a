import { readFileSync } from "node:fs";
import { join } from "node:path";
import { httpApis } from "#contracts/http/index";
import { type ContractTexts, contractChanges, contractsAt } from "#contracts-check/changes";
import { contractDocuments, planDocuments, writeDocuments } from "#contracts-check/documents";
import type { Finding, Problem } from "#contracts-check/finding";
import { recordMigrations } from "#contracts-check/migration-records";
import { Repository } from "#lifecycle/repository";
import { todo } from "#system";
import { exitCodes, runCommand, UsageError } from "./command.ts";
import { projectFolder } from "./project-folder.ts";

const help = `
Says whether events, APIs and migrations changed so that running services, callers, stored events and databases still go
together.

  npm run contracts -- --against REF [--exact] [--json]   compare with what REF recorded in docs/api
  npm run contracts -- --write                            write docs/api from the contracts
  npm run contracts -- --check                            is docs/api what the contracts say?

REF is compared from where this branch left it, with --exact as it is. A breaking change is a new type beside the old one,
such as dev.todo.task.created.v2; the old one may go a release later. What a schema cannot say (zod's refine) is not seen.
A migration only adds; one that takes away comes a release later and says so (takesAway), as nothing goes back past it.

Exit codes: 0 compatible or done, 1 not so or failed, 2 wrong arguments.
`;

const options = {
  against: { type: "string" },
  exact: { type: "boolean" },
  json: { type: "boolean" },
  write: { type: "boolean" },
  check: { type: "boolean" },
} as const;

async function currentDocuments(root: string): Promise<ContractTexts> {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const migrations = await recordMigrations(root, Object.keys(todo.services));
  return contractDocuments({ model: todo, apis: httpApis, migrations, version });
}

function write(root: string, documents: ContractTexts): number {
  const plan = planDocuments(root, documents);
  writeDocuments(root, documents, plan);
  for (const path of plan.changed) console.log(`wrote ${path}`);
  for (const path of plan.removed) console.log(`removed ${path}`);
  if (plan.changed.length + plan.removed.length === 0) console.log(`docs/api is up to date, ${documents.size} files`);
  return exitCodes.done;
}

function check(root: string, documents: ContractTexts): number {
  const { changed, removed } = planDocuments(root, documents);
  if (changed.length + removed.length === 0) {
    console.log(`docs/api is what the contracts say, ${documents.size} files`);
    return exitCodes.done;
  }
  const files = [...changed, ...removed].join(", ");
  console.error(`error: not what the contracts say: ${files}. Run npm run contracts -- --write and commit.`);
  return exitCodes.failed;
}

interface Against {
  readonly ref: string;
  readonly exact: boolean;
  readonly json: boolean;
}

function compare(root: string, documents: ContractTexts, { ref, exact, json }: Against): number {
  const repository = new Repository(root);
  const named = repository.commit(ref);
  const commit = exact ? named : (repository.try("merge-base", named, "HEAD")?.trim() ?? named);
  const findings = contractChanges(contractsAt(repository, commit), documents);
  const compatible = findings.every((finding) => finding.compatible);
  if (json) console.log(JSON.stringify({ against: commit, compatible, findings }, null, 2));
  else console.log(report(findings, commit.slice(0, 12)));
  return compatible ? exitCodes.done : exitCodes.failed;
}

function report(findings: readonly Finding[], commit: string): string {
  const broken = findings.filter(({ compatible }) => !compatible);
  const last =
    findings.length === 0
      ? `No contract changed since ${commit}.`
      : broken.length === 0
        ? `${findings.length} changed since ${commit}, all of them compatible.`
        : `${broken.length} of ${findings.length} that changed since ${commit} are not compatible: leave the old version as it was and add the new one beside it.`;
  return [...findings.flatMap(linesOf), last].join("\n");
}

function linesOf({ contract, of, change, compatible, problems, note }: Finding): string[] {
  const notes = note ? [`    ${note}`] : [];
  return [`${compatible ? "compatible  " : "INCOMPATIBLE"}  ${change.padEnd(7)}  ${contract} (${of})`, ...notes].concat(
    problems.map(problemText),
  );
}

const problemText = ({ path, reason, breaks }: Problem): string =>
  `    ${path ? `${path} ` : ""}${reason}; breaks ${breaks}`;

await runCommand({ help, options }, async ({ values: { against, exact, json, write: writes, check: checks } }) => {
  const asked = [against !== undefined, writes, checks].filter(Boolean).length;
  if (asked !== 1) throw new UsageError("say one thing to do", "Use --against REF, --write or --check");
  if (against === undefined && (exact || json)) {
    throw new UsageError("--exact and --json belong to --against", "Give --against REF with them");
  }
  const root = projectFolder();
  const documents = await currentDocuments(root);
  if (writes) return write(root, documents);
  if (checks) return check(root, documents);
  return compare(root, documents, { ref: against ?? "", exact: exact === true, json: json === true });
});
