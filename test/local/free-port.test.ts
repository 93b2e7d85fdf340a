import { createServer } from "node:net";
import { expect, it } from "@jest/globals";
import { freePort, takePorts } from "#local/free-port";

it("takes wanted ports once, and not those that were handed out", async () => {
  const [port, other] = [await freePort(), await freePort()];
  expect(port).not.toBe(other);
  expect(await takePorts([port])).toBe(false);
  expect(await takePorts([9_871, 9_872])).toBe(true);
  expect(await takePorts([9_872, 9_873])).toBe(false);
  // All or none: what came with a port that was taken is still there to be had.
  expect(await takePorts([9_873])).toBe(true);
});

it("does not take a port on which somebody listens, and does once he has gone", async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
  expect(await takePorts([port])).toBe(false);
  await new Promise((resolve) => server.close(resolve));
  expect(await takePorts([port])).toBe(true);
});
