import { environments } from "#environments";
import { changedImages } from "#images/changed";
import { Repository } from "#lifecycle/repository";
import { ownImages } from "#model/own-images";
import { todo } from "#system";
import { exitCodes, runCommand } from "./command.ts";
import { projectFolder } from "./project-folder.ts";

const help = `
Lists the images that have to be built, as JSON: [{image, repository, host}].

  npm run --silent images:changed -- [--since COMMIT]

Without --since, or with one that this clone does not have, all of them. An image without sources is not listed.

Exit codes: 0 done, 1 failed, 2 wrong arguments.
`;

await runCommand({ help, options: { since: { type: "string" } } }, async ({ values: { since } }) => {
  const root = projectFolder();
  const repository = new Repository(root);
  const known = since
    ? repository.try("rev-parse", "--verify", "--quiet", "--end-of-options", `${since}^{commit}`)
    : "";
  const changed = known
    ? repository
        .run("diff", "--name-only", "-z", "--no-renames", "--relative", known.trim(), "HEAD")
        .split("\0")
        .filter(Boolean)
    : null;
  const images = await changedImages(root, ownImages(todo), changed);
  const { registry } = environments.dev;
  const [host] = registry.split("/");
  const named = images.map((image) => ({ image, repository: `${registry}/${image}`, host }));
  console.log(JSON.stringify(named));
  return exitCodes.done;
});
