/** `npm start`: the whole product on this machine. */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { LocalError } from "#local/local-error";
import { signUpDemoUser } from "#local/supervisor/demo-user";
import { logPrinter } from "#local/supervisor/logs";
import { type Supervisor, startSupervisor } from "#local/supervisor/supervisor";
import { UserError } from "#model/user-error";
import { todo } from "#system";

const usage = `npm start                      start everything, Ctrl-C ends it
npm start -- --data FOLDER     keep the data there instead of in .data

DATABASE_URL      a PostgreSQL of yours instead of the built-in one
OPENAI_API_KEY    a language model instead of the offline assistant
SMTP_URL          send reminders by mail
LOG_LEVEL         trace, debug, info, warn, error or silent

Exit codes: 0 ended by you, 1 could not start, 2 wrong arguments.`;

const root = join(import.meta.dirname, "../..");
const began = performance.now();

function readArguments(): { readonly help: boolean; readonly data: string } {
  try {
    const options = { help: { type: "boolean" }, data: { type: "string" } } as const;
    const { help = false, data } = parseArgs({ options }).values;
    return { help, data: data ?? join(root, ".data") };
  } catch (error) {
    console.error(`${(error as Error).message.split(". ", 1)[0]}. See npm start -- --help`);
    process.exit(2);
  }
}

const { help, data } = readArguments();
if (help) {
  console.log(usage);
  process.exit(0);
}

let supervisor: Supervisor | undefined;
let stopping = false;

function stop(): void {
  if (stopping) {
    supervisor?.kill();
    process.exit(1);
  }
  stopping = true;
  console.log("\nending; what has begun is finished, press Ctrl-C again to end at once");
  const ended = supervisor?.stop() ?? Promise.resolve();
  ended.then(() => process.exit(0));
}

process.on("SIGINT", stop);
process.on("SIGTERM", stop);

try {
  supervisor = await startSupervisor({
    model: todo,
    root,
    dataFolder: data,
    environment: process.env,
    logs: logPrinter((text) => process.stdout.write(text), { colour: process.stdout.isTTY, now: () => new Date() }),
    say: (line) => console.log(line),
  });
  await announce(supervisor);
} catch (error) {
  if (error instanceof UserError) console.error(`error: ${error.message}. ${error.remedy}.`);
  else console.error(error instanceof LocalError ? error.message : error);
  process.exit(1);
}

async function announce({ origin, database, missing, settings }: Supervisor): Promise<void> {
  const demo = await signUpDemoUser(origin, settings.demoPassword);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const lines = [
    `ready in ${seconds} s`,
    `  open         ${origin}`,
    `  API          ${origin}/api/docs`,
    ...(demo ? [`  demo user    ${demo.email}  ${demo.password}`] : []),
    `  database     ${database}`,
    `  assistant    ${process.env.OPENAI_API_KEY ? "a language model, by OPENAI_API_KEY" : "offline; set OPENAI_API_KEY for a language model"}`,
    `  mail         ${process.env.SMTP_URL ? "by SMTP_URL" : "none; set SMTP_URL to send reminders by mail"}`,
    `  sidecars     local, with the policies that the cluster's Dapr gets`,
    ...(missing.length > 0 ? [`  not there    ${missing.join(", ")}`] : []),
  ];
  console.log(`\n${lines.join("\n")}\n`);
}
