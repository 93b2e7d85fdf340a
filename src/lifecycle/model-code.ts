import type { Repository } from "./repository.ts";

/** What decides how an environment is rendered, beside its pins. */
export const CODE = ["src", "charts", "imports", "services", "package.json", "package-lock.json"] as const;

/** The commit whose model this process runs; `null` where the code on disk was not committed, or there is no repository. */
export function modelCommit(repository: Repository | null): string | null {
  return repository?.isSame("HEAD", CODE) ? repository.commit("HEAD") : null;
}
