// @ts-check
/** Entry of `npm run synth`. */
import { runBundled } from "./bundled.mjs";

await runBundled("cli/synth-command.ts");
