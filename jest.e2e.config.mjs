/** The suites that need the real engines of `npm run engines`; a missing engine fails them. */
import unit from "./jest.config.mjs";

export default {
  ...unit,
  testMatch: ["<rootDir>/test/e2e/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  testTimeout: 120_000,
  maxWorkers: 1,
  // After a long run of faults Node (24.21) was seen to spin for ever in its own clean-up (CleanupHandles) when all was done.
  forceExit: true,
};
