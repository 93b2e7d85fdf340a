import { runBundled } from "../cli/bundled.ts";

await runBundled("bench/synth-process.ts");
