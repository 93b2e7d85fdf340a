import { hash } from "node:crypto";
import { isOwned } from "#emit/header";
import type { Changes } from "./commit.ts";
import type { Files } from "./render-at.ts";
import type { Repository } from "./repository.ts";

/** What to change in a commit's `gitops/<environment>` to reach these files. What is not ours stays. */
export function renderingChanges(repository: Repository, parent: string, environment: string, files: Files): Changes {
  const there = repository.list(parent, `gitops/${environment}`);
  const changes = new Map<string, string | null>();
  for (const [path, text] of files) {
    const { id } = there.get(`gitops/${path}`) ?? { id: "" };
    if (id !== blobId(text, id.length)) changes.set(`gitops/${path}`, text);
  }
  for (const path of there.keys()) {
    if (files.has(path.slice("gitops/".length))) continue;
    if (isOwned(repository.show(parent, path) ?? "")) changes.set(path, null);
  }
  return changes;
}

/** Drops what a commit already has. */
export function onlyNew(repository: Repository, parent: string, texts: Changes): Changes {
  return new Map([...texts].filter(([path, text]) => (repository.show(parent, path) ?? null) !== text));
}

/** How git names a file's content. @param length of its ids: 40 (SHA-1) or 64 (SHA-256) */
function blobId(text: string, length: number): string {
  const bytes = Buffer.from(text, "utf8");
  return hash(length === 64 ? "sha256" : "sha1", Buffer.concat([Buffer.from(`blob ${bytes.length}\0`), bytes]), "hex");
}
