import { clearRollback } from "#lifecycle/clear-rollback";
import { Repository } from "#lifecycle/repository";
import { rollback } from "#lifecycle/rollback";
import { todo } from "#system";
import { runCommand, UsageError } from "./command.ts";
import { chooseEnvironments } from "./environments.ts";
import { projectFolder } from "./project-folder.ts";

const help = `
Restores an earlier rendering of an environment and its images, by a new commit: Argo CD then syncs it like any other.

  npm run rollback -- --env NAME [OPTIONS]

  --service NAME   only this service; the rest goes on
  --to COMMIT      a commit that had the wanted rendering [the one before the present rendering]
  --clear          let an environment that is not held follow the model and its bumps again
  --push           on the live branch of the remote; where another push comes first, computes anew

What was rolled back stays so: a held environment until its next promotion, another until --clear. Refuses what cannot go
back: immutable fields, smaller volumes, contracts that running consumers no longer follow, migrations that took something away.
`;

const options = {
  env: { type: "string" },
  service: { type: "string" },
  to: { type: "string" },
  clear: { type: "boolean" },
  push: { type: "boolean" },
} as const;

await runCommand({ help, options }, async ({ values }) => {
  const { env, service, to, clear, push = false } = values;
  if (!env) throw new UsageError("no environment", "Say which with --env NAME");
  const [environment] = chooseEnvironments([env]);
  if (!environment) return;
  if (clear && (service !== undefined || to !== undefined)) {
    throw new UsageError("--clear takes neither --service nor --to", "Leave them out");
  }
  const services = Object.keys(todo.services);
  if (service !== undefined && !services.includes(service)) {
    throw new UsageError(`unknown service "${service}"`, `Use one of: ${services.join(", ")}`);
  }
  const repository = new Repository(projectFolder());
  const where = push ? "pushed to" : "committed on";
  if (clear) {
    const landed = await clearRollback({ repository, environment, push });
    console.log(
      landed
        ? `${env} follows the model again\n${landed.commit.slice(0, 7)} ${where} ${landed.branch}`
        : `${env} is not rolled back: no commit`,
    );
    return;
  }
  const done = await rollback({ repository, environment, service, to, push });
  if (done === null) {
    console.log(`${env} is so already: no commit`);
    return;
  }
  for (const move of done.moves) console.log(move);
  console.log(`${done.files} documents of ${env} are as in ${done.to.slice(0, 7)}`);
  console.log(`${done.commit.slice(0, 7)} ${where} ${done.branch}`);
  console.log(
    environment.held
      ? "it stays so until the next promotion"
      : `it stays so until npm run rollback -- --env ${env} --clear`,
  );
  return;
});
