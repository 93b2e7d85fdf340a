import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { type ImagePins, imagePinText, parseImagePin } from "#model/images";
import { ownImages } from "#model/own-images";
import { UserError } from "#model/user-error";
import { imagesFile, imagesText, readImages } from "#synth/images-file";
import { assertChecked, renderEnvironment, writeTree } from "#synth/synth";
import { todo } from "#system";
import { runCommand, UsageError } from "./command.ts";
import { chooseEnvironments } from "./environments.ts";
import { projectFolder } from "./project-folder.ts";

const help = `
Pins images of one environment and renders it.

  npm run bump -- --env NAME IMAGE=TAG@sha256:DIGEST [...]

Changes one line of config/images/NAME.json per image and what is rendered from it; prints both.
`;

/** Reads `tasks=v1.2.0@sha256:...` arguments. @throws UsageError naming the first that is none */
export function parseBumps(arguments_: readonly string[], known: readonly string[]): ImagePins {
  if (arguments_.length === 0) throw new UsageError("no image to pin", "Give at least one IMAGE=TAG@sha256:DIGEST");
  return Object.fromEntries(
    arguments_.map((argument) => {
      const [, image = "", reference = ""] = /^([^=]+)=(.*)$/s.exec(argument) ?? [];
      if (!known.includes(image))
        throw new UsageError(
          `"${argument}" names no image of ours`,
          `Write IMAGE=TAG@sha256:DIGEST with one of: ${known.join(", ")}`,
        );
      const pin = parseImagePin(reference);
      if (!pin?.digest)
        throw new UsageError(
          `"${reference}" is no image by digest`,
          "Write TAG@sha256: and 64 lower-case hexadecimal digits",
        );
      return [image, pin];
    }),
  );
}

if (import.meta.main) {
  await runCommand({ help, options: { env: { type: "string" } }, positionals: true }, ({ values, positionals }) => {
    if (!values.env) throw new UsageError("no environment", "Say which with --env NAME");
    const [environment] = chooseEnvironments([values.env]);
    if (!environment) return;
    const root = projectFolder();
    const known = ownImages(todo);
    const before = readImages(root, environment.name, known);
    const bumps = parseBumps(positionals, known);
    const after = { ...before, ...bumps };

    const rendered = renderEnvironment(todo, environment, after);
    assertChecked(todo, [rendered]);
    const file = imagesFile(environment.name);
    const restore = replaceFile(resolve(root, file), imagesText(after));
    try {
      const plan = writeTree(resolve(root, "gitops"), [rendered], "some");
      for (const [service, pin] of Object.entries(bumps)) {
        const old = before[service] ? imagePinText(before[service]) : "nothing";
        console.log(
          old === imagePinText(pin) ? `${service} already runs ${old}` : `${service}: ${old} -> ${imagePinText(pin)}`,
        );
      }
      for (const path of plan.changed) console.log(`  ~ gitops/${path}`);
      if (plan.changed.length === 0) console.log("nothing to render");
    } catch (error) {
      restore();
      throw error;
    }
    return;
  });
}

/** Writes a small file. @returns what puts the old text back */
function replaceFile(path: string, text: string): () => void {
  const old = readFileSync(path, { encoding: "utf8", flag: "a+" });
  const write = (content: string): void => {
    try {
      if (content !== readFileSync(path, "utf8")) writeFileSync(path, content);
    } catch (error) {
      throw new UserError(
        `cannot write ${path}: ${(error as NodeJS.ErrnoException).code}`,
        "Make it writable for this user",
        { cause: error },
      );
    }
  };
  write(text);
  return () => write(old);
}
