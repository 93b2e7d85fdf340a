import { run } from "#kit/run";
import { sample } from "./sample.ts";

await run(sample);
