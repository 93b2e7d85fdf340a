/** What all commands share: arguments, exit codes and how failures are shown. */
import { type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { ModelError } from "#model/errors";
import { UserError } from "#model/user-error";

/** 0: done. 1: it failed, or what was asked about is not so. 2: the arguments are wrong. */
export const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

export class UsageError extends UserError {
  override readonly name = "UsageError";
}

interface CommandProps<O extends ParseArgsOptionsConfig> {
  /** What `--help` prints. */
  readonly help: string;
  readonly options: O;
  readonly positionals?: boolean;
}

type Parsed<O extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: O & { help: { type: "boolean" } }; strict: true; allowPositionals: true }>
>;

/** Runs a command with the process's arguments and sets the exit code; never prints a stack trace for a user's mistake. */
export async function runCommand<const O extends ParseArgsOptionsConfig>(
  props: CommandProps<O>,
  main: (arguments_: Parsed<O>) => number | undefined | Promise<number | undefined>,
): Promise<void> {
  try {
    const parsed = parse(props);
    if ((parsed.values as { help?: boolean }).help) {
      console.log(props.help.trim());
      return;
    }
    process.exitCode = (await main(parsed)) ?? exitCodes.done;
  } catch (error) {
    process.exitCode = report(error);
  }
}

function parse<O extends ParseArgsOptionsConfig>({ options, positionals = false }: CommandProps<O>): Parsed<O> {
  try {
    return parseArgs({
      options: { ...options, help: { type: "boolean", short: "h" } },
      strict: true,
      allowPositionals: positionals,
    }) as unknown as Parsed<O>;
  } catch (error) {
    throw new UsageError((error as Error).message.split(". ")[0] ?? "wrong arguments", "See --help", { cause: error });
  }
}

/** Prints a failure as one line with its remedy. @returns the exit code */
export function report(error: unknown): number {
  if (error instanceof ModelError) {
    console.error(`error: ${error.message}`);
    return exitCodes.failed;
  }
  if (error instanceof Error && "remedy" in error) {
    console.error(`error: ${error.message}. ${String(error.remedy)}.`);
    return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
  }
  throw error;
}
