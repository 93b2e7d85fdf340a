import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { withCircuitBreakers } from "#kit/sidecar/circuit-breaker";
import { type Sidecar, SidecarError } from "#kit/sidecar/port";

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

type Answer = Response | Error;

/** A callee that answers as it is told; the breaker is what is under test. */
function breaker(answer: () => Answer | Promise<Answer>) {
  const asked: number[] = [];
  const invoke = async (): Promise<Response> => {
    asked.push(performance.now());
    const result = await answer();
    if (result instanceof Error) throw result;
    return result;
  };
  const sidecar = withCircuitBreakers({ invoke } as unknown as Sidecar);
  return {
    /** @returns the status, or the name of what was thrown */
    call: (service = "tasks", signal?: AbortSignal): Promise<number | string> =>
      sidecar.invoke(service, "/v1/x", signal ? { signal } : {}).then(
        ({ status }) => status,
        (error: Error) => error.name,
      ),
    asked: () => asked.length,
    /** Between one question and the next, in hundredths of a second: timers know no fractions of a millisecond. */
    pauses: () => asked.slice(1).map((at, index) => Math.round((at - (asked[index] ?? 0)) / 10)),
  };
}

const status = (code: number): Response => new Response(null, { status: code });
const away = (): Error => new SidecarError("invoke tasks", 500, "ERR_DIRECT_INVOKE");

const many = async (n: number, call: () => Promise<unknown>): Promise<unknown[]> => {
  const results: unknown[] = [];
  for (let i = 0; i < n; i++) results.push(await call());
  return results;
};

const pass = (milliseconds: number): Promise<void> => jest.advanceTimersByTimeAsync(milliseconds);

/** One after the other for so long, each beginning when the one before it ended. */
function callers(call: () => Promise<unknown>) {
  let going = true;
  void (async () => {
    while (going) await call();
  })();
  return () => {
    going = false;
  };
}

describe("the circuit to a service", () => {
  it.each([400, 401, 403, 404, 409, 412, 422, 429, 500])(
    "stays closed however many %i one caller causes",
    async (code) => {
      const { call, asked } = breaker(() => status(code));
      await many(50, call);
      expect(asked()).toBe(50);
      expect(await call()).toBe(code);
    },
  );

  it.each([502, 503, 504])("opens after five %i in a row", async (code) => {
    const { call, asked } = breaker(() => status(code));
    expect(await many(5, call)).toEqual(Array(5).fill(code));
    void call();
    await pass(50);
    expect(asked()).toBe(5);
  });

  it("is looked through soon, then ever less often, up to once a second, however many ask", async () => {
    const { call, pauses } = breaker(away);
    await many(5, call);
    const stops = Array.from({ length: 20 }, () => callers(call));
    await pass(5_000);
    for (const stop of stops) stop();
    expect(pauses().slice(4)).toEqual([10, 20, 40, 80, 100, 100, 100]);
  });

  it("refuses who waited when a look at the callee fails", async () => {
    const { call } = breaker(() => status(503));
    await many(5, call);
    const outcomes = Promise.all([call(), call(), call()]);
    await pass(100);
    // The first of them looked.
    expect(await outcomes).toEqual([503, "UnavailableError", "UnavailableError"]);
  });

  it("lets the first request after the callee is back succeed, however long it was away", async () => {
    let code = 503;
    const { call } = breaker(() => status(code));
    await many(5, call);
    const stop = callers(call);
    await pass(60_000);
    stop();
    code = 201;
    const outcomes = Promise.all([call(), call(), call()]);
    await pass(1_000);
    expect(await outcomes).toEqual([201, 201, 201]);
    expect(await call()).toBe(201);
  });

  it("refuses nobody for a look that began before he came", async () => {
    const slow = Promise.withResolvers<Answer>();
    const answers: (Answer | Promise<Answer>)[] = [...Array.from({ length: 5 }, away), slow.promise, status(200)];
    const { call } = breaker(() => answers.shift() ?? away());
    await many(5, call);
    await pass(100);
    const looking = call();
    await pass(10);
    const late = call();
    slow.resolve(away());
    expect(await looking).toBe("UnavailableError");
    await pass(200);
    expect(await late).toBe(200);
  });

  it("keeps nobody waiting longer than a second where nothing answers at all", async () => {
    const answers = Array.from({ length: 5 }, away);
    const { call } = breaker(() => answers.shift() ?? new Promise<Answer>(() => {}));
    await many(5, call);
    const ends: (number | string)[] = [];
    for (let i = 0; i < 10; i++) void call().then((end) => ends.push(end));
    await pass(999);
    expect(ends).toEqual([]);
    await pass(1);
    // Three are looking, since 100, 300 and 700 ms.
    expect(ends).toEqual(Array(7).fill("UnavailableError"));
  });

  it("lets a hundred wait and refuses more at once", async () => {
    const { call } = breaker(away);
    await many(5, call);
    const waiting = Array.from({ length: 100 }, () => call());
    expect(await call()).toBe("UnavailableError");
    await pass(1_000);
    expect(await Promise.all(waiting)).toEqual(Array(100).fill("UnavailableError"));
  });

  it("of one callee says nothing of another, nor does a refusal by policy", async () => {
    const gone = breaker(away);
    await many(5, gone.call);
    expect(await gone.call("audit")).toBe("UnavailableError");
    expect(gone.asked()).toBe(6);
    const denied = breaker(() => new SidecarError("invoke tasks", 403, "ERR_DIRECT_INVOKE"));
    expect(await many(10, denied.call)).toEqual(Array(10).fill("SidecarError"));
  });

  it("does not count a caller who went away, neither for the callee nor against it", async () => {
    const aborted = (): Error => Object.assign(new Error("This operation was aborted"), { name: "AbortError" });
    const closed = breaker(aborted);
    expect(await many(10, closed.call)).toEqual(Array(10).fill("AbortError"));
    const open = breaker(() => (open.asked() <= 5 ? away() : aborted()));
    await many(5, open.call);
    await pass(100);
    expect(await open.call()).toBe("AbortError");
    const leaving = new AbortController();
    const waiting = open.call("tasks", leaving.signal);
    leaving.abort();
    expect(await waiting).toBe("AbortError");
    expect(open.asked()).toBe(6);
  });
});
