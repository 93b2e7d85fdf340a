/** What a person sees of faults, where real sidecars, Kafka and Valkey stand behind it. */
process.env.TEST_SIDECARS = "dapr";

await import("../faults.test.ts");
