import { Repository } from "#lifecycle/repository";
import { rollbackDue } from "#lifecycle/rollback-due";
import { exitCodes, runCommand, UsageError } from "./command.ts";
import { chooseEnvironments } from "./environments.ts";
import { projectFolder } from "./project-folder.ts";

const help = `
Says whether a failing Application is to be rolled back without a person: when what changed it is younger than 15 minutes,
is what failed, and is no rollback itself.

  npm run --silent rollback:due -- --env NAME --path gitops/NAME/APPLICATION [--revision SHA]

  --revision SHA   the commit that Argo CD tried to run [what is checked out]

Prints due=true or due=false, then to= and service= for npm run rollback (service= is empty for the whole environment), and
on standard error why.

Exit codes: 0 answered, 1 failed, 2 wrong arguments.
`;

const options = { env: { type: "string" }, path: { type: "string" }, revision: { type: "string" } } as const;

await runCommand({ help, options }, ({ values }) => {
  if (!values.env || !values.path) throw new UsageError("--env and --path are needed", "See --help");
  const [environment] = chooseEnvironments([values.env]);
  if (!environment) return;
  // Argo CD's template writes "<no value>" where a sync failed before it had a revision.
  const revision = /^[0-9a-f]{40,64}$/.test(values.revision ?? "") ? values.revision : undefined;
  const answer = rollbackDue({
    repository: new Repository(projectFolder()),
    environment: environment.name,
    path: values.path,
    revision,
    now: new Date(),
  });
  console.error(answer.reason);
  console.log(`due=${answer.due}`);
  if (answer.due) console.log(`to=${answer.to}\nservice=${answer.service ?? ""}`);
  return exitCodes.done;
});
