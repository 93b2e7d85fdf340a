// @ts-check
/** Entry of `npm run check`. */
import { runBundled } from "./bundled.mjs";

await runBundled("cli/check-command.ts");
