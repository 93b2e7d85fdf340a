import { environments } from "#environments";
import type { Environment } from "#model/environment";
import { UsageError } from "./command.ts";

/** The environments that were asked for by name, or all. @throws UsageError for an unknown name */
export function chooseEnvironments(names: readonly string[] | undefined): Environment[] {
  const all: Readonly<Record<string, Environment>> = environments;
  return (names ?? Object.keys(all)).map((name) => {
    const environment = Object.hasOwn(all, name) ? all[name] : undefined;
    if (!environment)
      throw new UsageError(`unknown environment "${name}"`, `Use one of: ${Object.keys(all).join(", ")}`);
    return environment;
  });
}
