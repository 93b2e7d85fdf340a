// @ts-check
/** Entry of `npm run diff`. */
import { runBundled } from "./bundled.mjs";

await runBundled("cli/diff-command.ts");
