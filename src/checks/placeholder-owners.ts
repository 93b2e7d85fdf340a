import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { UnconfirmedFact } from "#model/unconfirmed";

const OWNERS = ".github/CODEOWNERS";

/** The teams of CODEOWNERS that exist nowhere: GitHub asks nobody until they are replaced. */
export function placeholderOwners(root: string): UnconfirmedFact[] {
  if (!existsSync(join(root, OWNERS))) return [];
  const teams = readFileSync(join(root, OWNERS), "utf8").match(/^[^#\n]*@example\/\S+/gm) ?? [];
  const names = new Set(teams.flatMap((line) => /@example\/\S+/.exec(line) ?? []));
  return [...names].map((what) => ({ area: "placeholders", subject: OWNERS, what }));
}
