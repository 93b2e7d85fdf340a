/** The suites that need the real engines of `npm run engines`; a missing engine fails them. */
import unit from "./jest.config.mjs";

export default {
  ...unit,
  testMatch: ["<rootDir>/test/e2e/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  testTimeout: 120_000,
  maxWorkers: 1,
};
