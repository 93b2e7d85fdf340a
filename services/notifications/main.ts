import { run } from "#kit/run";
import { service } from "./service.ts";

await run(service);
