/** Entry of `npm run synth`. */
import { runBundled } from "./bundled.ts";

await runBundled("cli/synth-command.ts");
