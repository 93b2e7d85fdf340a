import { environments } from "#environments";
import { baseImage, nodeVersion } from "#images/base";
import { buildImages } from "#images/build";
import { type EngineName, engineNames, findEngine } from "#images/engine";
import { ownImages } from "#model/own-images";
import { todo } from "#system";
import { exitCodes, runCommand, UsageError } from "./command.ts";
import { projectFolder } from "./project-folder.ts";

const help = `
Builds the images of services and front end with docker or buildah, whichever works here.

  npm run images -- [--image NAME]... [--tag TAG] [--registry PREFIX] [--engine docker|buildah] [--base REFERENCE]

  --image NAME      only this one (may be repeated); all of them without it
  --tag TAG         tag, and the version that the image tells of itself (default: local)
  --registry PREFIX what its name begins with (default: the registry of dev)
  --base REFERENCE  image with Node on Debian that the runtime is taken from
                    (default: ${baseImage(nodeVersion(projectFolder()))})

An image holds Node, the libraries that Node links, one bundle and its bill of materials (/app/sbom.spdx.json); no shell, no
package manager. Its files carry the time of the commit (or SOURCE_DATE_EPOCH): the same commit on the same base gives the
same bytes.

Exit codes: 0 done, 1 failed, 2 wrong arguments.
`;

const options = {
  image: { type: "string", multiple: true },
  tag: { type: "string", default: "local" },
  registry: { type: "string", default: environments.dev.registry },
  engine: { type: "string" },
  base: { type: "string" },
} as const;

const isEngine = (name: string): name is EngineName => engineNames.some((known) => known === name);

await runCommand({ help, options }, async ({ values }) => {
  const root = projectFolder();
  const known = ownImages(todo);
  const images = values.image ?? known;
  const unknown = images.find((name) => !known.includes(name));
  if (unknown) throw new UsageError(`there is no image ${unknown}`, `Known: ${known.join(", ")}`);
  if (!/^\w[\w.-]{0,127}$/.test(values.tag)) {
    throw new UsageError(`"${values.tag}" is no tag`, "Letters, digits, dots, dashes and underscores, 128 at most");
  }
  const { engine } = values;
  if (engine !== undefined && !isEngine(engine)) {
    throw new UsageError(`there is no engine ${engine}`, `Known: ${engineNames.join(", ")}`);
  }
  const builds = buildImages({
    root,
    images,
    tag: values.tag,
    registry: values.registry,
    base: values.base ?? baseImage(nodeVersion(root)),
    engine: findEngine(engine),
    say: console.log,
  });
  const width = Math.max(...images.map((name) => name.length));
  for await (const { image, reference, id, seconds } of builds)
    console.log(`${image.padEnd(width)}  ${reference}  ${id}  ${seconds.toFixed(1)} s`);
  return exitCodes.done;
});
