/** A setting that its service does not read would look as if it did something. */
import { expect, test } from "@jest/globals";
import { environments } from "#environments";
import type { Environment, Settings } from "#model/environment";
import { environment as chat } from "#services/chat/environment";
import { environment as gateway } from "#services/gateway/environment";
import { environment as notifications } from "#services/notifications/environment";
import { environment as realtime } from "#services/realtime/environment";
import { environment as tasks } from "#services/tasks/environment";

const schemas: Readonly<Record<string, object>> = { chat, gateway, notifications, realtime, tasks };

const unread = (settings: Readonly<Record<string, Settings>> = {}): string[] =>
  Object.entries(settings).flatMap(([service, variables]) =>
    Object.keys(variables)
      .filter((variable) => !(variable in (schemas[service] ?? {})))
      .map((variable) => `${service}.${variable}`),
  );

test.each<Environment>(Object.values(environments))("$name sets only what services read", ({ settings }) => {
  expect(unread(settings)).toEqual([]);
});

test("a misspelt setting is noticed", () => {
  expect(unread({ chat: { LLM_MODEL: "a", LLM_MODLE: "a" }, recurring: { X: "1" } })).toEqual([
    "chat.LLM_MODLE",
    "recurring.X",
  ]);
});
