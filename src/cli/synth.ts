/** Entry of `npm run synth`: keeps compiled code between runs, which is half of what starting costs. */
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/node-compile", import.meta.url)));
await import("./synth-command.ts");
