/** `npm run bench:engines`: what the product costs beside what Dapr, Kafka and PostgreSQL cost by themselves. */
import { parseArgs } from "node:util";
import { LocalError } from "#local/local-error";
import { compare, isMet } from "./engines/compare.ts";
import { machineLine, thisMachine } from "./engines/machine.ts";
import { profile } from "./engines/profile.ts";
import { profileTable, tableOf } from "./engines/report.ts";
import { startBeside, startProduct } from "./engines/start.ts";

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

type Given = ReturnType<typeof given>;
const given = () => parseArgs({ options }).values;

const say = (line: string): void => console.error(line);

async function main(): Promise<number> {
  const values = given();
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const machine = thisMachine();
  const print = (text: string, results: object): void =>
    console.log(values.json ? JSON.stringify({ machine, ...results }, null, 2) : `${machineLine(machine)}\n${text}`);
  await using stack = new AsyncDisposableStack();
  return await (values.profile ? profiled(stack, values, print) : compared(stack, values, print));
}

type Print = (text: string, results: object) => void;

async function compared(stack: AsyncDisposableStack, values: Given, print: Print): Promise<number> {
  const users = values.users.split(",").map((number) => natural("--users", number));
  const [rounds, seconds, backlog] = (["rounds", "seconds", "backlog"] as const).map((name) =>
    natural(`--${name}`, values[name]),
  ) as [number, number, number];
  const running = await startBeside(stack, await startProduct(stack, say), say);
  const measurements = await compare(running, { users, rounds, seconds, backlog }, say);
  const missed = measurements.filter((measurement) => !isMet(measurement));
  print(tableOf(measurements), { measurements, missed: missed.length });
  return values.check && missed.length > 0 ? 1 : 0;
}

async function profiled(stack: AsyncDisposableStack, values: Given, print: Print): Promise<number> {
  const users = Math.max(...values.users.split(",").map((number) => natural("--users", number)));
  const seconds = natural("--seconds", values.seconds);
  const running = await startProduct(stack, say, { frontend: true, countStatements: true });
  const measured = await profile(running, { users, seconds }, say);
  print(profileTable(measured), measured);
  return 0;
}

function natural(option: string, text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new LocalError(`${option} takes whole numbers from 1, not "${text}"`);
  return Number(text);
}

try {
  process.exitCode = await main();
} catch (error) {
  const isWrongUse = (error as NodeJS.ErrnoException).code?.startsWith("ERR_PARSE_ARGS") ?? false;
  if (!(error instanceof LocalError || isWrongUse)) throw error;
  console.error(`error: ${(error as Error).message}`);
  process.exitCode = 2;
}
