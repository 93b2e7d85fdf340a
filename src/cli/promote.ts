import { resolve } from "node:path";
import { promote } from "#lifecycle/promote";
import { Repository } from "#lifecycle/repository";
import { writeTexts } from "#lifecycle/write-texts";
import { runCommand, UsageError } from "./command.ts";
import { chooseEnvironments } from "./environments.ts";
import { projectFolder } from "./project-folder.ts";

const help = `
Puts what one environment was verified with into another, as one commit on a branch ready for a pull request.

  npm run promote -- FROM TO [OPTIONS]
  npm run promote -- TO TO          renders TO anew on its own images, after a change of the model or of its settings

  --branch NAME           of the new branch [promote/TO-COMMIT]
  --push                  push it too
  --description FILE      write what changes there, as Markdown for the pull request
  --force --reason TEXT   promote what FROM has now although it is not verified healthy

Your branch, index and files stay as they are.
`;

const options = {
  branch: { type: "string" },
  push: { type: "boolean" },
  description: { type: "string" },
  force: { type: "boolean" },
  reason: { type: "string" },
} as const;

await runCommand({ help, options, positionals: true }, ({ values, positionals }) => {
  if (positionals.length !== 2) throw new UsageError("two environments are needed", "Write npm run promote -- FROM TO");
  if (values.force && !values.reason?.trim()) throw new UsageError("--force without a reason", 'Add --reason "..."');
  if (values.reason !== undefined && !values.force) throw new UsageError("--reason without --force", "Give both");
  const [from, to] = chooseEnvironments(positionals);
  if (!from || !to) return;
  const root = projectFolder();
  const repository = new Repository(root);
  const { branch, reason } = values;
  const promoted = promote({ repository, from, to, branch, reason, push: values.push === true });
  if (promoted === null) {
    console.log(`${to.name} has this already: nothing to promote`);
    return;
  }
  if (values.description !== undefined) writeTexts("/", new Map([[resolve(values.description), promoted.markdown]]));
  for (const move of promoted.moves) console.log(move);
  console.log(promoted.routine ? "routine: only images change" : "not routine: look at what else changes");
  console.log(`${promoted.commit.slice(0, 7)} ${values.push ? "pushed to" : "committed on"} ${promoted.branch}`);
  console.log(`see it with: npm run diff -- HEAD ${promoted.branch}`);
  return;
});
