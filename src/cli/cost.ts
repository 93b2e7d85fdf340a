import { type CostLine, type Estimate, estimate } from "#cost/estimate";
import { ownImages } from "#model/own-images";
import { readImages } from "#synth/images-file";
import { renderEnvironment } from "#synth/synth";
import { todo } from "#system";
import { exitCodes, runCommand } from "./command.ts";
import { chooseEnvironments } from "./environments.ts";

const help = `
Estimates what each environment costs in a month, from what the model renders and a table of list prices.

  npm run cost [-- --env NAME ...] [-- --json]

Every price names its source and date (src/cost/prices.ts). What has no price that could be seen is listed and is not in
any sum.

Exit codes: 0 done, 1 failed, 2 wrong arguments.
`;

const options = { env: { type: "string", multiple: true }, json: { type: "boolean" } } as const;

const money = (amount: number): string => amount.toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ",");

function lineText({ item, amount, unit, monthly, price }: CostLine): string {
  const sum = monthly === null ? "unknown" : money(monthly);
  const each = price
    ? `  ${price.usd} USD per ${price.per}${price.region ? ` in ${price.region}` : ""}, ${price.date}`
    : "";
  return `  ${item.padEnd(52)} ${String(amount).padStart(8)} ${`${unit}${amount === 1 ? "" : unit === "GiB" ? "" : "s"}`.padEnd(15)} ${sum.padStart(10)}${each}`;
}

function print({ environment, provider, region, demand, lines, monthly, unknown }: Estimate): void {
  const where = region ? `${provider}, ${region}` : provider;
  console.log(
    `${environment} (${where}): ${provider === "kind" ? "nobody bills it" : `${money(monthly)} USD a month, without what is unknown`}`,
  );
  for (const [pool, { cpu, memory, pods }] of Object.entries(demand.pools)) {
    console.log(`  requested in pool ${pool}: ${cpu.toFixed(2)} cores, ${memory.toFixed(2)} GiB by ${pods} pods`);
  }
  const volumes = `${demand.storage.toFixed(0)} GiB in ${demand.volumes} volumes`;
  console.log(`  ${volumes}, ${demand.brokers} Kafka brokers in the cluster, ${demand.loadBalancers} load balancers`);
  for (const line of lines) console.log(lineText(line));
  if (unknown.length > 0) console.log(`  not counted, no price was seen: ${unknown.join("; ")}`);
  console.log();
}

await runCommand({ help, options }, ({ values }) => {
  const root = process.cwd();
  const estimates = chooseEnvironments(values.env).map((environment) => {
    const { documents } = renderEnvironment(todo, environment, readImages(root, environment.name, ownImages(todo)));
    return estimate(
      environment,
      documents.map(({ manifest }) => manifest),
    );
  });
  if (values.json) {
    console.log(JSON.stringify({ currency: "USD", environments: estimates }, null, 2));
    return exitCodes.done;
  }
  for (const each of estimates) print(each);
  const assumptions = new Set(estimates.flatMap((each) => each.assumptions));
  const sources = new Set(
    estimates.flatMap(({ lines }) => lines.flatMap(({ price }) => (price ? [`${price.source}, ${price.date}`] : []))),
  );
  console.log(`Assumptions:\n${[...assumptions].map((text) => `  ${text}`).join("\n")}`);
  if (sources.size > 0) console.log(`Prices:\n${[...sources].map((text) => `  ${text}`).join("\n")}`);
  return exitCodes.done;
});
