import type { Stage } from "#test/e2e/browser/support";
import type { Person } from "#test/system/person";

export interface ScriptBytes {
  /** Of the scripts that the document itself names: what the first screen waits for. */
  readonly first: number;
  /** Of what the page then fetches by itself. */
  readonly later: number;
}

/** Bytes of JavaScript as they came over the network, compressed, into an empty cache. */
export async function firstScripts(stage: Stage, person: Person, path: string): Promise<ScriptBytes> {
  const { page, live } = await stage.open({ person, size: "phone", path: null });
  const sizes = new Map<string, Promise<number>>();
  page.on("requestfinished", (request) => {
    if (request.resourceType() !== "script") return;
    sizes.set(
      new URL(request.url()).pathname,
      request.sizes().then(({ responseBodySize }) => responseBodySize),
    );
  });
  const document = await page.goto(path, { waitUntil: "load" });
  const html = (await document?.text()) ?? "";
  await live();
  await page.waitForLoadState("networkidle");
  const bytes = { first: 0, later: 0 };
  for (const [script, size] of sizes) bytes[html.includes(script) ? "first" : "later"] += await size;
  await stage.clear();
  return bytes;
}
