/** What `npm start` and `npm run start:dapr` have in common: arguments, the supervisor, Ctrl-C and the lines that greet. */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { LocalError } from "#local/local-error";
import { signUpDemoUser } from "#local/supervisor/demo-user";
import { logPrinter } from "#local/supervisor/logs";
import type { StartSidecars } from "#local/supervisor/sidecars";
import { type Supervisor, startSupervisor } from "#local/supervisor/supervisor";
import { UserError } from "#model/user-error";
import { todo } from "#system";

export interface RunProps {
  /** As a person types it, e.g. `npm start`. */
  readonly command: string;
  readonly usage: string;
  /** Where data is kept unless `--data` says otherwise, below the checkout. */
  readonly data: string;
  /** Other sidecars than the laptop's own. */
  readonly sidecars?: StartSidecars;
  /** What the sidecars are, in words; asked when everything is ready. */
  readonly describe: () => readonly string[];
}

const root = join(import.meta.dirname, "../..");
const began = performance.now();

/** Runs until it is ended; sets the exit code: 0 ended by a person, 1 could not start, 2 wrong arguments. */
export async function runProduct(props: RunProps): Promise<void> {
  const { help, data } = readArguments(props);
  if (help) {
    console.log(props.usage);
    return;
  }
  let supervisor: Supervisor | undefined;
  let stopping = false;
  const stop = (): void => {
    if (stopping) {
      supervisor?.kill();
      process.exit(1);
    }
    stopping = true;
    console.log("\nending; what has begun is finished, press Ctrl-C again to end at once");
    const ended = supervisor?.stop() ?? Promise.resolve();
    ended.then(() => process.exit(0));
  };
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
      ...(props.sidecars ? { sidecars: props.sidecars } : {}),
    });
    await announce(supervisor, props.describe());
  } catch (error) {
    if (error instanceof UserError) console.error(`error: ${error.message}. ${error.remedy}.`);
    else console.error(error instanceof LocalError ? error.message : error);
    process.exit(1);
  }
}

function readArguments({ command, data }: RunProps): { readonly help: boolean; readonly data: string } {
  try {
    const options = { help: { type: "boolean" }, data: { type: "string" } } as const;
    const { values } = parseArgs({ options });
    return { help: values.help ?? false, data: values.data ?? join(root, data) };
  } catch (error) {
    console.error(`${(error as Error).message.split(". ", 1)[0]}. See ${command} -- --help`);
    process.exit(2);
  }
}

async function announce(
  { origin, database, missing, settings }: Supervisor,
  sidecars: readonly string[],
): Promise<void> {
  const demo = await signUpDemoUser(origin, settings.demo);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const lines = [
    `ready in ${seconds} s`,
    `  open         ${origin}`,
    `  API          ${origin}/api/docs`,
    ...(demo ? [`  demo user    ${demo.email}  ${demo.password}`] : []),
    `  database     ${database}`,
    `  assistant    ${process.env.OPENAI_API_KEY ? "a language model, by OPENAI_API_KEY" : "offline; set OPENAI_API_KEY for a language model"}`,
    `  mail         ${process.env.SMTP_URL ? "by SMTP_URL" : "none; set SMTP_URL to send reminders by mail"}`,
    ...sidecars.map((line, index) => `  ${(index === 0 ? "sidecars" : "").padEnd(12)} ${line}`),
    ...(missing.length > 0 ? [`  not there    ${missing.join(", ")}`] : []),
  ];
  console.log(`\n${lines.join("\n")}\n`);
}
