import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type Connection, connect } from "#kit/database/database";
import { migrate } from "#kit/database/migrations";
import { testDatabase } from "#test/kit/support/postgres";
import { forgetChannels, lockChannels, writeChannels } from "../../services/notifications/data/channel-rows.ts";
import { migrations } from "../../services/notifications/data/migrations.ts";
import type { Tables } from "../../services/notifications/data/tables.ts";

let connection: Connection<Tables>;

beforeAll(async () => {
  const { notifications: url } = await testDatabase("notifications");
  await migrate(url, "notifications", migrations, { applicationName: "test", onError: () => {} });
  connection = connect(url, { applicationName: "test", onError: () => {} });
});
afterAll(() => connection.close());

it("channels are locked and as they are, also when somebody forgets them in the same moment", async () => {
  const transaction = connection.db.transaction();
  await transaction.execute((own) => lockChannels(own, "ada"));
  const forgetting = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const forgotten = transaction.execute(async (own) => {
    await forgetChannels(own, "ada");
    forgetting.resolve();
    await goOn.promise;
  });
  await forgetting.promise;
  const locked = transaction.execute((own) => lockChannels(own, "ada"));
  goOn.resolve();
  await forgotten;
  expect(await locked).toMatchObject({ email_enabled: false, webhook_url: null });
});

it("whoever locks channels waits for who has locked them, and sees what he wrote", async () => {
  const transaction = connection.db.transaction();
  const written = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const first = transaction.execute(async (own) => {
    await lockChannels(own, "grace");
    await writeChannels(own, "grace", { webhook_enabled: true });
    written.resolve();
    await goOn.promise;
  });
  await written.promise;
  const second = transaction.execute((own) => lockChannels(own, "grace"));
  goOn.resolve();
  await first;
  expect(await second).toMatchObject({ webhook_enabled: true });
});
