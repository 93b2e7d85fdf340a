/** `npm run bench:synth`: time, memory and documents of synth at 1, 5 and 20 times the services, and beside `helm template`. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "./quantiles.ts";

const RUNS = 7;
const here = dirname(fileURLToPath(import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "bench-synth-"));

function timed(command: string, arguments_: readonly string[]): { seconds: number; output: string } {
  const start = process.hrtime.bigint();
  const output = execFileSync(command, arguments_, { encoding: "utf8", maxBuffer: 1 << 28 });
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9, output };
}

/** Each run writes into an empty folder. */
function synth(factor: number): { seconds: number; documents: number; peakMebibytes: number } {
  const folder = join(scratch, `out-${factor}`);
  rmSync(folder, { recursive: true, force: true });
  const { seconds, output } = timed(process.execPath, [join(here, "run-synth-process.mjs"), String(factor), folder]);
  return { seconds, ...(JSON.parse(output) as { documents: number; peakMebibytes: number }) };
}

/** A chart that holds the rendered files as plain templates; `{{` is escaped as Helm asks. */
function helmChart(rendering: string): string {
  const chart = join(scratch, "chart");
  mkdirSync(join(chart, "templates"), { recursive: true });
  writeFileSync(join(chart, "Chart.yaml"), "apiVersion: v2\nname: same-files\nversion: 0.0.0\n");
  const files = readdirSync(rendering, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const [index, { parentPath, name }] of files.entries()) {
    const text = readFileSync(join(parentPath, name), "utf8").replaceAll("{{", '{{ "{{" }}');
    writeFileSync(join(chart, "templates", `${index}.yaml`), text);
  }
  return chart;
}

const findHelm = (): string | null => {
  const command = process.env.HELM ?? "helm";
  return spawnSync(command, ["version", "--short"]).status === 0 ? command : null;
};

try {
  console.log(`median of ${RUNS} whole processes, node ${process.version}`);
  synth(1); // fills the compile cache, as the first run on a machine does
  let base = Number.NaN;
  for (const factor of [1, 5, 20]) {
    const runs = Array.from({ length: factor === 20 ? 3 : RUNS }, () => synth(factor));
    const seconds = median(runs.map((run) => run.seconds));
    const { documents = 0, peakMebibytes = 0 } = runs[0] ?? {};
    if (factor === 1) base = seconds / documents;
    const growth = (seconds / documents / base).toFixed(2);
    console.log(
      `${String(factor).padStart(2)}x services  ${String(documents).padStart(6)} documents  ${seconds.toFixed(2)} s  ${peakMebibytes} MiB  ${growth} of the time per document at 1x`,
    );
  }
  const helm = findHelm();
  if (helm) {
    const chart = helmChart(join(scratch, "out-1"));
    const ratios = Array.from({ length: RUNS }, () => {
      rmSync(join(scratch, "out"), { recursive: true, force: true });
      const ours = timed(process.execPath, [join(here, "../cli/synth.mjs"), "--out", join(scratch, "out")]).seconds;
      const theirs = timed(helm, ["template", "same-files", chart]).seconds;
      return { ours, theirs, ratio: ours / theirs };
    });
    console.log(
      `helm template on the same files  ${median(ratios.map((r) => r.theirs)).toFixed(2)} s; synth takes ${median(ratios.map((r) => r.ratio)).toFixed(2)} of that`,
    );
  } else {
    console.log("helm is not on PATH: no comparison (install it, set HELM, or run npm run engines -- helm)");
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
