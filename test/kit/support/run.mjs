/** Jest's global set-up: names the run, so that its files share one PostgreSQL, and ends that server with the run. */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PREFIX = "todo-test-";

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
};

async function endServer(folder) {
  const file = join(folder, "cluster.json");
  if (existsSync(file)) {
    const { pid } = JSON.parse(readFileSync(file, "utf8"));
    if (isAlive(pid)) process.kill(pid, "SIGQUIT");
    for (let tries = 0; isAlive(pid) && tries < 200; tries++) await new Promise((resolve) => setTimeout(resolve, 25));
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

export default async function start() {
  // A run that was killed could not clean up.
  for (const name of readdirSync(tmpdir())) {
    const owner = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length)) : 0;
    if (owner > 0 && !isAlive(owner)) await endServer(join(tmpdir(), name));
  }
  process.env.TODO_TEST_RUN = join(tmpdir(), `${PREFIX}${process.pid}`);
  return undefined;
}

export const end = () => endServer(process.env.TODO_TEST_RUN);
