/** Plays a day of the life cycle in a scratch clone, with the commands that docs/gitops.md explains. */
import { spawn } from "node:child_process";
import { hash } from "node:crypto";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runGit } from "#git/run";
import { copyProject } from "#lifecycle/scratch";
import { standIn } from "#lifecycle/stand-in";
import { ownImages } from "#model/own-images";
import { UserError } from "#model/user-error";
import { todo } from "#system";
import { runCommand } from "./command.ts";
import { projectFolder } from "./project-folder.ts";

const help = `
Plays bump, verify, promote, break and roll back in a temporary clone with a remote of its own; prints every command.

  npm run tutorial

Your repository is not touched. The cluster is played by a small web server that answers with the pinned version.
`;

const BROKEN = "v1.1.0";

/** The scratch repository has no registry: digests are those of the names, so that each version has its own. */
const imageOf = (name: string, tag: string): string =>
  `${name}=${tag}@sha256:${hash("sha256", `${name} ${tag}`, "hex")}`;

interface Player {
  say(text: string): void;
  git(...args: string[]): string;
  npm(script: string, ...args: string[]): Promise<string>;
  /** As `npm`, for a command that must fail. */
  npmFails(script: string, ...args: string[]): Promise<string>;
}

function playerOf(clone: string): Player {
  const { scripts } = JSON.parse(readFileSync(join(clone, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const run = async (expected: number, script: string, args: readonly string[]): Promise<string> => {
    const shown = args.map((argument) => (argument.includes(" ") ? JSON.stringify(argument) : argument)).join(" ");
    console.log(`\n$ npm run ${script}${shown ? ` -- ${shown}` : ""}`);
    const file = scripts[script]?.replace(/^node /, "") ?? "";
    const { status, output } = await spawned(clone, [join(clone, file), ...args]);
    console.log(output.trimEnd().replace(/^/gm, "  "));
    if (status === expected) return output;
    throw new UserError(`npm run ${script} ended with ${status}, not with ${expected}`, "See its output above");
  };
  return {
    say: (text) => console.log(`\n${text}`),
    git: (...args) => {
      const { status, stdout, stderr } = runGit(clone, args);
      if (status === 0) return stdout.trim();
      throw new UserError(`git ${args.join(" ")} failed: ${stderr.trim()}`, "See git status");
    },
    npm: (script, ...args) => run(0, script, args),
    npmFails: (script, ...args) => run(1, script, args),
  };
}

/** The stand-in for the cluster lives in this process, so nothing here may block it. */
function spawned(cwd: string, args: readonly string[]): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.on("close", (status) => resolve({ status, output }));
  });
}

async function prepare(root: string, scratch: string): Promise<Player> {
  const remote = join(scratch, "remote.git");
  const clone = join(scratch, "todo-assistant");
  copyProject(root, clone);
  const player = playerOf(clone);
  player.say("A scratch repository: the project as it is here, rendered for the first time.");
  player.git("init", "--quiet", "--initial-branch=main");
  player.git("config", "user.name", "Tutorial");
  player.git("config", "user.email", "tutorial@example.com");
  player.git("add", "--all");
  player.git("commit", "--quiet", "--message", "feat: the model");
  await player.npm("synth");
  player.git("add", "--all");
  player.git("commit", "--quiet", "--message", "feat: the first rendering");
  runGit(scratch, ["init", "--quiet", "--bare", "--initial-branch=main", remote]);
  player.git("remote", "add", "origin", remote);
  player.git("push", "--quiet", "--set-upstream", "origin", "main");
  return player;
}

async function play(player: Player): Promise<void> {
  const { say, git, npm, npmFails } = player;
  const pinnedIn = (environment: string) => (): string => {
    const pins = JSON.parse(git("show", `origin/main:config/images/${environment}.json`)) as Record<string, string>;
    return pins.gateway?.split("@")[0] ?? "unreleased";
  };
  using dev = await standIn(pinnedIn("dev"), BROKEN);
  const all = ownImages(todo).map((image) => imageOf(image, "v1.0.0"));
  const promoteAndMerge = async (branch: string): Promise<void> => {
    await npm("promote", "dev", "staging", "--branch", branch);
    await npm("diff", "HEAD", branch);
    console.log(`\n$ git merge --ff-only ${branch} && git push    (the reviewed pull request)`);
    git("merge", "--quiet", "--ff-only", branch);
    git("push", "--quiet");
  };

  say("1. CI built version 1.0.0 of everything. It pins dev to it, by a commit.");
  await npm("bump", "--env", "dev", "--commit", "--push", ...all);
  say("2. Argo CD has synced dev. The environment is verified from outside, and that is recorded.");
  await npm("smoke", "--env", "dev", "--url", dev.url, "--record", "--commit", "--push");
  say("3. What was verified moves to staging, as a branch for a pull request.");
  await promoteAndMerge("promote/staging-1");
  say("4. CI bumps the gateway to a version that does not work.");
  await npm("bump", "--env", "dev", "--commit", "--push", imageOf("gateway", BROKEN));
  await npmFails("smoke", "--env", "dev", "--url", dev.url);
  say("5. Going back is a commit too. Only the gateway goes back, and it stays there.");
  await npm("rollback", "--env", "dev", "--service", "gateway", "--push");
  await npm("smoke", "--env", "dev", "--url", dev.url);
  say("6. The mended version waits until the rollback is cleared.");
  await npm("bump", "--env", "dev", "--commit", "--push", imageOf("gateway", "v1.1.1"));
  await npm("rollback", "--env", "dev", "--clear", "--push");
  await npm("smoke", "--env", "dev", "--url", dev.url, "--record", "--commit", "--push");
  say("7. It is promoted like the first one. In the end everything is what was rendered or promoted.");
  await promoteAndMerge("promote/staging-2");
  await npm("synth", "--check");
  console.log(`\n$ git log --format=%s\n${git("log", "--format=%s").replace(/^/gm, "  ")}`);
}

await runCommand({ help, options: {} }, async () => {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), "todo-tutorial-")));
  try {
    await play(await prepare(projectFolder(), scratch));
    console.log("\ndone");
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return undefined;
});
