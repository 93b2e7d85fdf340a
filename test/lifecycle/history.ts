/** A small real repository whose commits have the times that a test gives them. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Repository } from "#lifecycle/repository";

export class History {
  readonly folder = mkdtempSync(join(tmpdir(), "history-"));

  constructor() {
    this.git(0, "init", "--quiet", "--initial-branch=main");
  }

  get repository(): Repository {
    return new Repository(this.folder);
  }

  /** @param at seconds since 1970 */
  git(at: number, ...args: readonly string[]): string {
    const date = `@${at} +0000`;
    const { status, stdout, stderr } = spawnSync("git", args, {
      cwd: this.folder,
      encoding: "utf8",
      env: {
        ...process.env,
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_AUTHOR_NAME: "Test",
        GIT_AUTHOR_EMAIL: "test@example.com",
        GIT_COMMITTER_NAME: "Test",
        GIT_COMMITTER_EMAIL: "test@example.com",
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_DATE: date,
      },
    });
    if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
    return stdout.trim();
  }

  /** Commits files by their paths, also where nothing changes. @returns the commit */
  commit(at: number, message: string, files: Readonly<Record<string, string>> = {}): string {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      writeFileSync(join(this.folder, path), text);
    }
    this.git(at, "add", "--all");
    this.git(at, "commit", "--quiet", "--allow-empty", "--message", message);
    return this.git(at, "rev-parse", "HEAD");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
