/** Turns the services' JSON lines into lines that a person reads. */

const COLOURS = [36, 33, 35, 32, 34, 96, 93, 95, 92, 94];
const LEVEL_COLOURS: Readonly<Record<string, number>> = { warn: 33, error: 31, fatal: 31 };
const WIDTH = 13;

/** Known to the reader already, or told in the line itself. */
const LEFT_OUT = new Set([
  "level",
  "time",
  "service",
  "msg",
  "traceId",
  "spanId",
  "requestId",
  "err",
  "method",
  "route",
  "status",
  "ms",
  "pid",
  "hostname",
]);

export interface LogPrinter {
  /** One line of a process's output. */
  print(name: string, line: string): void;
}

export function logPrinter(
  write: (text: string) => void,
  options: { readonly colour: boolean; readonly now: () => Date },
): LogPrinter {
  const colours = new Map<string, number>();
  const paint = (text: string, colour: number | undefined): string =>
    options.colour && colour !== undefined ? `\u001b[${colour}m${text}\u001b[0m` : text;
  const colourOf = (name: string): number => {
    const known = colours.get(name) ?? COLOURS[colours.size % COLOURS.length] ?? 0;
    colours.set(name, known);
    return known;
  };
  return {
    print: (name, line) => {
      const { level, text } = readable(line);
      const time = options.now().toTimeString().slice(0, 8);
      const mark = level === "info" ? "" : `${level} `;
      write(
        `${paint(time, 90)} ${paint(name.padEnd(WIDTH), colourOf(name))} ${paint(mark, LEVEL_COLOURS[level])}${text}\n`,
      );
    },
  };
}

function readable(line: string): { readonly level: string; readonly text: string } {
  const entry = parse(line);
  if (!entry) return { level: "info", text: line };
  const { level = "info", msg = "", method, route, status, ms, err } = entry;
  const request = msg === "request" ? `${method} ${route} ${status} ${ms} ms` : String(msg);
  const rest = Object.entries(entry)
    .filter(([key]) => !LEFT_OUT.has(key))
    .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return { level: String(level), text: [request, ...rest, reason(err)].filter(Boolean).join("  ") };
}

const reason = (err: unknown): string =>
  typeof err === "object" && err !== null && "message" in err ? `because: ${String(err.message)}` : "";

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
