import { setPriority } from "node:os";
import { installDebian } from "./install-debian.ts";
import { installGo } from "./install-go.ts";
import { installKafka } from "./install-kafka.ts";
import { withInstallLock } from "./install-lock.ts";
import { installPython } from "./install-python.ts";
import { enginePath, enginesFolder, findEngine } from "./paths.ts";
import { type EngineName, type EnginePin, engineNames, enginePins } from "./pins.ts";

/** Builds run for minutes on every core: they give way to whatever else runs on the machine. */
const buildPriority = 15;

function wantedEngines(args: readonly string[]): readonly EngineName[] {
  const unknown = args.filter((arg) => !(engineNames as string[]).includes(arg));
  if (unknown.length > 0) {
    throw new Error(`no such engine: ${unknown.join(", ")}. There are ${engineNames.join(", ")}`);
  }
  return args.length === 0 ? engineNames : engineNames.filter((name) => args.includes(name));
}

function install(name: EngineName): Promise<void> {
  const pin: EnginePin = enginePins[name];
  switch (pin.from) {
    case "go":
      return installGo(name, pin);
    case "maven":
      return installKafka(name, pin);
    case "python":
      return installPython(name, pin);
    case "debian":
      return installDebian(name, pin);
  }
}

/** Prints one line an engine. @returns whether it is there in the end */
async function provide(name: EngineName): Promise<boolean> {
  const say = (state: string, detail: string) => console.log(`${name.padEnd(15)} ${state.padEnd(18)} ${detail}`);
  const found = findEngine(name);
  if (found) {
    say("present", found);
    return true;
  }
  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(1);
  try {
    await install(name);
    say(`installed ${seconds()} s`, enginePath(name));
    return true;
  } catch (error) {
    say(`failed ${seconds()} s`, (error as Error).message);
    return false;
  }
}

async function main(args: readonly string[]): Promise<void> {
  const wanted = wantedEngines(args);
  setPriority(buildPriority);
  console.log(`engines in ${enginesFolder()}`);
  const installAll = async () => {
    const failed: EngineName[] = [];
    for (const name of wanted) if (!(await provide(name))) failed.push(name);
    return failed;
  };
  const missing = await withInstallLock(enginesFolder(), installAll, () =>
    console.log("waiting for another installation into this folder"),
  );
  if (missing.length > 0) throw new Error(`not installed: ${missing.join(", ")}`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(`engines: ${(error as Error).message}`);
  process.exitCode = 1;
}
