import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { UnconfirmedFact } from "#model/unconfirmed";

const FULL_COMMIT = /^[0-9a-f]{40}$/;

/** Every action of the workflows that is named by its version: whoever moves that tag decides what runs. */
export function unconfirmedActions(root: string): UnconfirmedFact[] {
  const users = new Map<string, Set<string>>();
  for (const file of globSync(".github/workflows/*.yml", { cwd: root }).sort()) {
    const text = readFileSync(join(root, file), "utf8");
    for (const [, action = "", version = ""] of text.matchAll(/^\s*(?:- )?uses: ["']?([^@\s"']+)@([^\s"']+)/gm)) {
      if (FULL_COMMIT.test(version)) continue;
      const name = `${action}@${version}`;
      users.set(name, (users.get(name) ?? new Set()).add(file));
    }
  }
  return [...users]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, files]) => ({
      area: "workflows",
      subject: [...files].join(", "),
      what: `${name} by its version, without its commit`,
      why: "the host of the actions was not at hand: put the commit of the tag in its place",
    }));
}
