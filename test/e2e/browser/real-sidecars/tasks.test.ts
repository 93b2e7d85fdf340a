/** The tasks as a person sees them, where real sidecars, Kafka and Valkey stand behind it. */
process.env.TEST_SIDECARS = "dapr";

await import("../tasks.test.ts");
