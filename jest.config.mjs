/** Jest runs every suite under `test/` as native ES modules; @swc/jest only strips the types. */
export default {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts", ".tsx"],
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/e2e/", "<rootDir>/test/frontend/"],
  // The front end's own alias, which its tsconfig.json gives to Next.
  moduleNameMapper: { "^@/(.*)$": "<rootDir>/frontend/$1" },
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/frontend/.next/"],
  globalSetup: "<rootDir>/test/kit/support/run.mjs",
  globalTeardown: "<rootDir>/test/kit/support/run-end.mjs",
  transform: {
    "^.+\\.tsx?$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript", tsx: false }, target: "es2024" }, module: { type: "es6" } },
    ],
  },
  testTimeout: 60_000,
};
