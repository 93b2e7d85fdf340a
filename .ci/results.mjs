/**
 * Reads Jest's results.
 *
 *   results.mjs failed FILE          prints the test files that failed, a line each; none where they are too many to be chance
 *   results.mjs sum FILE...          prints "N passed, N failed"; a missing file, a skipped test or a suite that did not run is a failure
 *
 * Beside NAME.json there may be NAME.again.json: its test files, run once more and alone, count instead of the first run's.
 */
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";

/** A test that waits too short for a machine that is busy comes alone; what breaks more than these is no chance. */
const MAX_AGAIN = 3;

const read = (path) => JSON.parse(readFileSync(path, "utf8"));
const hasFailed = ({ status }) => status === "failed";
const shown = (path) => relative(process.cwd(), path);

function count({ assertionResults, status }) {
  const passed = assertionResults.filter((test) => test.status === "passed").length;
  const failed = assertionResults.length - passed;
  // A file that could not be loaded has no tests, and has failed all the same.
  return { passed, failed: status === "failed" ? Math.max(failed, 1) : failed };
}

function sum(paths) {
  let passed = 0;
  let failed = 0;
  for (const path of paths) {
    try {
      const files = new Map(read(path).testResults.map((file) => [file.name, file]));
      const againPath = path.replace(/\.json$/, ".again.json");
      for (const again of existsSync(againPath) ? read(againPath).testResults : []) {
        if (!hasFailed(again)) {
          const tests = files.get(again.name).assertionResults.filter(hasFailed);
          const names = tests.map(({ fullName }) => fullName).join("; ");
          console.log(`unsteady: ${shown(again.name)} failed beside others and passed alone: ${names}`);
        }
        files.set(again.name, again);
      }
      for (const file of files.values()) {
        const counted = count(file);
        passed += counted.passed;
        failed += counted.failed;
      }
    } catch (error) {
      console.error(`no results in ${path}: ${error.message}`);
      failed += 1;
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}

function failedFiles(path) {
  if (!existsSync(path)) return;
  const failed = read(path).testResults.filter(hasFailed);
  if (failed.length <= MAX_AGAIN) for (const { name } of failed) console.log(name);
}

const [command, ...paths] = process.argv.slice(2);
if (command === "sum") sum(paths);
else if (command === "failed") failedFiles(paths[0]);
else throw new Error(`results.mjs failed FILE | sum FILE..., not ${command}`);
