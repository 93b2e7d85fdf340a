import { afterEach, expect, it } from "@jest/globals";
import type { QueryClient } from "@tanstack/react-query";
import { keys } from "../../frontend/api/keys.ts";
import { createQueryClient } from "../../frontend/api/query-client.ts";
import { forgetPending, showPending } from "../../frontend/tasks/data/pending.ts";

let client: QueryClient;
// Its timers would keep the process alive.
afterEach(() => client.clear());

/** A list of words that the service has, read as the screens read their lists. */
function list() {
  client = createQueryClient();
  const queryKey = keys.tasks.list({ status: "open", sort: "due" });
  let truth = ["one"];
  const read = () => client.fetchQuery({ queryKey, queryFn: async () => truth, staleTime: 0 });
  return {
    add: (word: string) => client.setQueryData<string[]>(queryKey, (now = []) => [...new Set([...now, word])]),
    shown: () => client.getQueryData(queryKey),
    read,
    holds: (words: string[]) => {
      truth = words;
    },
  };
}

it("shows what is on its way over an answer that does not know of it, until its own answer has come", async () => {
  const { add, shown, read, holds } = list();
  await read();
  const answered = showPending("two", () => add("two"));
  expect(shown()).toEqual(["one", "two"]);
  holds(["one", "three"]);
  await read();
  expect(shown()).toEqual(["one", "three", "two"]);
  answered();
  await read();
  expect(shown()).toEqual(["one", "three"]);
});

it("shows a draft no more whose task is known", async () => {
  const { add, shown, read } = list();
  await read();
  const answered = showPending("draft", () => add("two"));
  forgetPending("draft");
  await read();
  expect(shown()).toEqual(["one"]);
  answered();
});
