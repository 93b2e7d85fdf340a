// @ts-check
import { runBundled } from "../cli/bundled.mjs";

await runBundled("bench/synth-process.ts");
