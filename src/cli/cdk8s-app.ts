/** Entry of `npx cdk8s synth`: the same rendering as `npm run synth`, into the folder that cdk8s asks for. */
process.argv.push("--out", process.env.CDK8S_OUTDIR ?? "dist/cdk8s");
await import("./synth.mjs");
