/** `npm run bench:engines`: what the product costs beside what Dapr, Kafka and PostgreSQL cost by themselves. */
import { parseArgs } from "node:util";
import { UserError } from "#model/user-error";
import { compare, isMet } from "./engines/compare.ts";
import { machineLine, thisMachine } from "./engines/machine.ts";
import { tableOf } from "./engines/report.ts";
import { startAll } from "./engines/start.ts";

const usage = `npm run bench:engines                       the product against a bare chain on the same engines, in turns
npm run bench:engines -- --profile          memory and processor time of each process, idle and loaded

  --users 1,10,50    people at once
  --rounds 3         turns of each side
  --seconds 3        of one turn of requests
  --backlog 2000     events that wait to be delivered
  --json             on standard output, instead of the table
  --check            exit code 1 when a goal is missed

Needs npm run engines -- kafka valkey daprd sentry scheduler. Figures hold for this machine, ratios travel.`;

const options = {
  users: { type: "string", default: "1,10,50" },
  rounds: { type: "string", default: "3" },
  seconds: { type: "string", default: "3" },
  backlog: { type: "string", default: "2000" },
  json: { type: "boolean", default: false },
  check: { type: "boolean", default: false },
  profile: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

const say = (line: string): void => console.error(line);

async function main(): Promise<number> {
  const { values } = parseArgs({ options });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const machine = thisMachine();
  const stack = new AsyncDisposableStack();
  try {
    const running = await startAll(stack, say);
    const measurements = await compare(
      running,
      {
        users: values.users.split(",").map(Number),
        rounds: Number(values.rounds),
        seconds: Number(values.seconds),
        backlog: Number(values.backlog),
      },
      say,
    );
    const missed = measurements.filter((measurement) => !isMet(measurement));
    if (values.json) console.log(JSON.stringify({ machine, measurements, missed: missed.length }, null, 2));
    else console.log(`${machineLine(machine)}\n${tableOf(measurements)}`);
    return values.check && missed.length > 0 ? 1 : 0;
  } finally {
    await stack.disposeAsync();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof UserError || error instanceof TypeError)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 2;
}
