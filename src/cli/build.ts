import { contextFolder, writeContexts } from "#images/build";
import { buildable } from "#images/changed";
import { ownImages } from "#model/own-images";
import { todo } from "#system";
import { runCommand } from "./command.ts";
import { projectFolder } from "./project-folder.ts";

const help = `
Builds services and front end for production, without a container engine.

  npm run build [-- --tag TAG]

Each stands in dist/images/NAME/app with its bill of materials, and runs by node dist/images/NAME/app/main.mjs. npm run images
makes images of them.

Exit codes: 0 done, 1 failed, 2 wrong arguments.
`;

await runCommand({ help, options: { tag: { type: "string", default: "local" } } }, async ({ values: { tag } }) => {
  const root = projectFolder();
  const images = buildable(root, ownImages(todo));
  for (const image of images) {
    await writeContexts({ root, images: [image], tag, say: console.log });
    console.log(contextFolder(root, image).slice(root.length + 1));
  }
  return undefined;
});
