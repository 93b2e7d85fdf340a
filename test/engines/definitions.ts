import { setTimeout as sleep } from "node:timers/promises";
import { assertSucceeded, type Kubectl } from "./kubectl.ts";

interface Definition {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] | null };
}

const isEstablished = ({ status }: Definition): boolean =>
  status?.conditions?.some((condition) => condition.type === "Established" && condition.status === "True") ?? false;

/**
 * Waits until the API server serves every CustomResourceDefinition that it has. `kubectl wait` would be shorter, but it fails
 * at once where a definition has no conditions yet.
 * @throws Error naming those that are not there after a minute
 */
export async function untilDefinitionsEstablished(kubectl: Kubectl): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const listed = await kubectl(["get", "customresourcedefinitions", "--output", "json"]);
    assertSucceeded("listing the CustomResourceDefinitions", listed);
    const { items } = JSON.parse(listed.stdout) as { readonly items: readonly Definition[] };
    const missing = items.filter((definition) => !isEstablished(definition)).map(({ metadata }) => metadata.name);
    if (missing.length === 0) return;
    if (performance.now() > deadline) throw new Error(`definitions that are not established: ${missing.join(", ")}`);
    await sleep(100);
  }
}
