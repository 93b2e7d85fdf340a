import { describe, expect, it } from "@jest/globals";
import { withCircuitBreakers } from "#kit/sidecar/circuit-breaker";
import { type Sidecar, SidecarError } from "#kit/sidecar/port";

/** A callee that answers as it is told; the breaker is what is under test. */
function breaker(answer: () => Response | Error) {
  let time = 0;
  let asked = 0;
  const invoke = async (): Promise<Response> => {
    asked++;
    const result = answer();
    if (result instanceof Error) throw result;
    return result;
  };
  const sidecar = withCircuitBreakers({ invoke } as unknown as Sidecar, () => time);
  return {
    call: (service = "tasks") =>
      sidecar.invoke(service, "/v1/x", {}).then(
        ({ status }) => status,
        (error: Error) => error.name,
      ),
    asked: () => asked,
    pass: (ms: number) => {
      time += ms;
    },
  };
}

const many = async (n: number, call: () => Promise<unknown>): Promise<unknown[]> => {
  const results: unknown[] = [];
  for (let i = 0; i < n; i++) results.push(await call());
  return results;
};

describe("the circuit to a service", () => {
  it.each([400, 401, 403, 404, 409, 412, 422, 429, 500])(
    "stays closed however many %i one caller causes",
    async (status) => {
      const { call, asked } = breaker(() => new Response(null, { status }));
      await many(50, call);
      expect(asked()).toBe(50);
      expect(await call()).toBe(status);
    },
  );

  it.each([502, 503, 504])("opens after five %i in a row, and asks again after five seconds", async (status) => {
    let current = status;
    const { call, asked, pass } = breaker(() => new Response(null, { status: current }));
    await many(5, call);
    expect(await many(3, call)).toEqual(["UnavailableError", "UnavailableError", "UnavailableError"]);
    expect(asked()).toBe(5);
    pass(5_001);
    current = 204;
    expect(await call()).toBe(204);
    expect(await call()).toBe(204);
    expect(asked()).toBe(7);
  });

  it("opens when nobody answers, and lets one through to look", async () => {
    const { call, asked, pass } = breaker(() => new SidecarError("invoke tasks", 500, "ERR_DIRECT_INVOKE"));
    await many(10, call);
    expect(asked()).toBe(5);
    pass(5_001);
    await Promise.all([call(), call(), call()]);
    expect(asked()).toBe(6);
  });

  it("of one callee says nothing of another, nor does a refusal by policy", async () => {
    const away = breaker(() => new SidecarError("invoke tasks", 0));
    await many(10, away.call);
    expect(away.asked()).toBe(5);
    await away.call("audit");
    expect(away.asked()).toBe(6);
    const denied = breaker(() => new SidecarError("invoke tasks", 403, "ERR_DIRECT_INVOKE"));
    expect(await many(10, denied.call)).toEqual(Array(10).fill("SidecarError"));
  });

  it("does not count a caller who went away", async () => {
    const gone = breaker(() => new DOMException("This operation was aborted", "AbortError") as Error);
    await many(10, gone.call);
    expect(gone.asked()).toBe(10);
  });
});
