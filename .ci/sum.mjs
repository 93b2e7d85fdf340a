/** Sums Jest's results; a missing file, a skipped test or a suite that did not run is a failure. */
import { readFileSync } from "node:fs";

let passed = 0;
let failed = 0;
for (const file of process.argv.slice(2)) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(
      readFileSync(file, "utf8"),
    );
    passed += numPassedTests;
    failed += numFailedTests + numPendingTests + numRuntimeErrorTestSuites;
  } catch {
    console.error(`no results in ${file}`);
    failed += 1;
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
