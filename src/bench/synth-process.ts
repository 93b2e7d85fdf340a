/** One synth of a scaled system in a process of its own: what `npm run bench:synth` measures. */
import { environments } from "#environments";
import { assertChecked, renderEnvironment, writeTree } from "#synth/synth";
import { todo } from "#system";
import { scaledSystem } from "./scaled-system.ts";

const [factor = "1", folder = ""] = process.argv.slice(2);
const model = scaledSystem(todo, Number(factor));
const rendered = Object.values(environments).map((environment) => renderEnvironment(model, environment, {}));
// A system of twenty times the services is beyond the environments' capacity, which is not what is measured here.
if (factor === "1") assertChecked(model, rendered);
const { files } = writeTree(folder, rendered, "all");
console.log(
  JSON.stringify({ documents: files.size, peakMebibytes: Math.round(process.resourceUsage().maxRSS / 1024) }),
);
