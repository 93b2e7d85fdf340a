/** The contract that the local sidecar keeps, tried on what it stands in for: real sidecars, Kafka, sentry and scheduler. */
process.env.SIDECAR_CONTRACT = "daprd";

await import("#test/sidecar-contract/contract.test");

export {};
