/** Ports for what is started on this machine for a while: tests, benchmarks, engines. */
import { createServer } from "node:net";

/**
 * Below what Linux and macOS give to outgoing connections: any of those may take a port in the moment between its choice and
 * its use.
 */
const [LOWEST, HIGHEST] = [10_240, 32_000];
const TRIES = 100;

/** Handed out by this process and perhaps not yet in use. */
const given = new Set<number>();

/** @returns a port of the loopback address that nobody listens on */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`none of ${TRIES} ports between ${LOWEST} and ${HIGHEST} is free: end what listens on them`);
}

/**
 * Takes ports that somebody wants, all or none, so that `freePort` gives them to nobody else of this process.
 * @returns whether they were free
 */
export async function takePorts(ports: readonly number[]): Promise<boolean> {
  if (ports.some((port) => given.has(port))) return false;
  for (const port of ports) given.add(port);
  if ((await Promise.all(ports.map(isFree))).every(Boolean)) return true;
  for (const port of ports) given.delete(port);
  return false;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
