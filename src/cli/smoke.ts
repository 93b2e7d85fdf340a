import { setTimeout as wait } from "node:timers/promises";
import { recordText, verifiedFile } from "#lifecycle/records";
import { Repository } from "#lifecycle/repository";
import { type SmokeCheck, smoke } from "#lifecycle/smoke";
import { landVerification, pinsOfCommit, verificationOf } from "#lifecycle/verify";
import { writeTexts } from "#lifecycle/write-texts";
import { exitCodes, runCommand, UsageError } from "./command.ts";
import { chooseEnvironments } from "./environments.ts";
import { projectFolder } from "./project-folder.ts";

const help = `
Checks a running environment from outside: certificate, page, gateway, and that the pinned version answers.

  npm run smoke -- --env NAME [OPTIONS]

  --record         keep the result in config/verified/NAME.json; a promotion from NAME asks for it
  --commit         with --record: as one commit on the branch that is checked out
  --push           with --commit: on the live branch of the remote
  --revision SHA   the commit that Argo CD synced [HEAD]
  --url URL        another address than https://DOMAIN
  --wait SECONDS   try again until everything passes, at most so long [0]

Exit codes: 0 healthy, 1 not healthy or failed, 2 wrong arguments.
`;

const options = {
  env: { type: "string" },
  record: { type: "boolean" },
  commit: { type: "boolean" },
  push: { type: "boolean" },
  revision: { type: "string" },
  url: { type: "string" },
  wait: { type: "string" },
} as const;

const PAUSE = 5_000;

async function untilHealthy(check: () => Promise<SmokeCheck[]>, seconds: number): Promise<SmokeCheck[]> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const checks = await check();
    if (checks.every(({ passed }) => passed) || Date.now() + PAUSE > end) return checks;
    await wait(PAUSE);
  }
}

await runCommand({ help, options }, async ({ values }) => {
  if (!values.env) throw new UsageError("no environment", "Say which with --env NAME");
  if (values.commit && !values.record) throw new UsageError("--commit without --record", "Give both");
  if (values.push && !values.commit) throw new UsageError("--push without --commit", "Give both");
  const seconds = Number(values.wait ?? 0);
  if (!(seconds >= 0)) throw new UsageError(`"${values.wait}" is no number of seconds`, "Write --wait 300");
  const [environment] = chooseEnvironments([values.env]);
  if (!environment) return;
  const url = values.url ?? `https://${environment.domain}`;
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new UsageError(`"${url}" is no web address`, "Write https://HOST");
  const root = projectFolder();
  const repository = new Repository(root);
  const commit = repository.commit(values.revision ?? "HEAD");
  const images = pinsOfCommit(repository, commit, environment.name);

  const version = (images.gateway ?? "unreleased").split("@")[0] ?? "";
  const checks = await untilHealthy(() => smoke({ url, version }), seconds);
  for (const { name, passed, detail } of checks)
    console.log(`${passed ? "passed" : "FAILED"} ${name.padEnd(11)} ${detail}`);
  const verification = verificationOf(commit, images, checks, new Date());
  if (values.commit) {
    const landed = await landVerification({
      repository,
      push: values.push === true,
      environment: environment.name,
      verification,
    });
    if (landed)
      console.log(`${landed.commit.slice(0, 7)} ${values.push ? "pushed to" : "committed on"} ${landed.branch}`);
  } else if (values.record) {
    writeTexts(root, new Map([[verifiedFile(environment.name), recordText(verification)]]));
    console.log(`recorded in ${verifiedFile(environment.name)}: commit it`);
  }
  console.log(`${environment.name} at ${commit.slice(0, 7)}: ${verification.result}`);
  return verification.result === "healthy" ? exitCodes.done : exitCodes.failed;
});
