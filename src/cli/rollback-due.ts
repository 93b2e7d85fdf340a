import { Repository } from "#lifecycle/repository";
import { rollbackDue } from "#lifecycle/rollback-due";
import { exitCodes, runCommand, UsageError } from "./command.ts";
import { chooseEnvironments } from "./environments.ts";
import { projectFolder } from "./project-folder.ts";

const help = `
Says whether a failing Application is to be rolled back without a person: when what changed it is younger than 15 minutes
and no rollback itself.

  npm run --silent rollback:due -- --env NAME --path gitops/NAME/APPLICATION

Prints due=true or due=false, and on standard error why.

Exit codes: 0 answered, 1 failed, 2 wrong arguments.
`;

await runCommand({ help, options: { env: { type: "string" }, path: { type: "string" } } }, ({ values }) => {
  if (!values.env || !values.path) throw new UsageError("--env and --path are needed", "See --help");
  const [environment] = chooseEnvironments([values.env]);
  if (!environment) return;
  const repository = new Repository(projectFolder());
  const { due, reason } = rollbackDue({
    repository,
    environment: environment.name,
    path: values.path,
    now: new Date(),
  });
  console.error(reason);
  console.log(`due=${due}`);
  return exitCodes.done;
});
