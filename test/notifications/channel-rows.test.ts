import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Transaction } from "kysely";
import { type Connection, connect } from "#kit/database/database";
import { migrate } from "#kit/database/migrations";
import { testDatabase } from "#test/kit/support/postgres";
import { forgetChannels, lockChannels, writeChannels } from "../../services/notifications/data/channel-rows.ts";
import { migrations } from "../../services/notifications/data/migrations.ts";
import type { DB, Tables } from "../../services/notifications/data/tables.ts";

let connection: Connection<Tables>;

beforeAll(async () => {
  const { notifications: url } = await testDatabase("notifications");
  await migrate(url, "notifications", migrations, { applicationName: "test", onError: () => {} });
  connection = connect(url, { applicationName: "test", onError: () => {} });
});
afterAll(() => connection.close());

type Work = (transaction: Transaction<DB>) => Promise<void>;

/** Who locks the channels while somebody else has done `work` and not committed it. */
async function lockedDuring(userId: string, work: Work) {
  const transaction = connection.db.transaction();
  const worked = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const working = transaction.execute(async (own) => {
    await work(own);
    worked.resolve();
    await goOn.promise;
  });
  await worked.promise;
  const locked = transaction.execute((own) => lockChannels(own, userId));
  goOn.resolve();
  await working;
  return locked;
}

it("channels are locked and as they are, also when somebody forgets them in the same moment", async () => {
  await connection.db.transaction().execute((own) => lockChannels(own, "ada"));
  const locked = await lockedDuring("ada", (own) => forgetChannels(own, "ada"));
  expect(locked).toMatchObject({ email_enabled: false, webhook_url: null });
});

it("whoever locks channels waits for who has locked them, and sees what he wrote", async () => {
  const locked = await lockedDuring("grace", async (own) => {
    await lockChannels(own, "grace");
    await writeChannels(own, "grace", { webhook_enabled: true });
  });
  expect(locked).toMatchObject({ webhook_enabled: true });
});
