/** `npm start`: the whole product on this machine. */
import { runProduct } from "./run-product.ts";

const usage = `npm start                      start everything, Ctrl-C ends it
npm start -- --data FOLDER     keep the data there instead of in .data

DATABASE_URL      a PostgreSQL of yours instead of the built-in one
OPENAI_API_KEY    a language model instead of the offline assistant
SMTP_URL          send reminders by mail
LOG_LEVEL         trace, debug, info, warn, error or silent

Exit codes: 0 ended by you, 1 could not start, 2 wrong arguments.`;

await runProduct({
  command: "npm start",
  usage,
  data: ".data",
  describe: () => ["local, with the policies that the cluster's Dapr gets"],
});
