/** The chat as a person sees it, where real sidecars, Kafka and Valkey stand behind it. */
process.env.TEST_SIDECARS = "dapr";

await import("../chat.test.ts");
