/** Who listens where, told in a way that a person can act on. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";
import type { System } from "#model/system";
import { takePorts } from "../free-port.ts";
import { LocalError } from "../local-error.ts";
import { EDGE_PORT, FIRST_DAPR_PORT } from "./settings.ts";

export interface WantedPort {
  readonly port: number;
  readonly purpose: string;
}

/** The model with every service's port moved, for a run beside another. */
export const withPortOffset = (model: System, offset: number): System => ({
  ...model,
  services: Object.fromEntries(
    Object.entries(model.services).map(([name, service]) => [name, { ...service, port: service.port + offset }]),
  ),
});

/**
 * An offset with which a run's ports are free, for a run beside others; engines that this process starts get none of them. They
 * lie below those that the system hands out for outgoing connections: one of those may take the port of a killed process.
 */
export async function freePortOffset(model: System): Promise<number> {
  for (let tries = 0; tries < 200; tries++) {
    const offset = 10_000 + 10 * Math.floor(Math.random() * 1_200);
    const services = Object.values(withPortOffset(model, offset).services);
    const ports = services.flatMap(({ port }, index) => [port, FIRST_DAPR_PORT + offset + index]);
    if (await takePorts([EDGE_PORT + offset, ...ports])) return offset;
  }
  throw new LocalError("found no free ports for a run beside others");
}

/** @throws LocalError naming every port that is taken, and by whom */
export async function assertFree(wanted: readonly WantedPort[]): Promise<void> {
  const taken = (await Promise.all(wanted.map(async (one) => ((await isFree(one.port)) ? [] : [one])))).flat();
  if (taken.length === 0) return;
  const lines = taken.map(({ port, purpose }) => `  ${port} (${purpose}) by ${ownerOf(port) ?? "another program"}`);
  throw new LocalError(`these ports are taken:\n${lines.join("\n")}\nEnd what listens there and start again.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "0.0.0.0", () => server.close(() => resolve(true)));
  });
}

/** Command line and process id of the listener, where the system tells. */
export function ownerOf(port: number): string | undefined {
  try {
    return process.platform === "linux" ? linuxOwner(port) : lsofOwner(port);
  } catch {
    return undefined;
  }
}

function linuxOwner(port: number): string | undefined {
  const inodes = new Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => listeningInodes(file, port)));
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    if (descriptors(pid).some((target) => inodes.has(target))) {
      return `${readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim()} (process ${pid})`;
    }
  }
  return undefined;
}

const LISTEN = "0A";

/** Fields of /proc/net/tcp: slot, local address, remote address, state, ..., inode as the tenth. */
const listeningInodes = (file: string, port: number): string[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = "", , state]) => state === LISTEN && Number.parseInt(local.split(":")[1] ?? "", 16) === port)
    .map((fields) => `socket:[${fields[9]}]`);

function descriptors(pid: string): string[] {
  const folder = `/proc/${pid}/fd`;
  // What cannot be read belongs to somebody else, or has ended meanwhile.
  const attempt = <T>(read: () => T, otherwise: T): T => {
    try {
      return read();
    } catch {
      return otherwise;
    }
  };
  return attempt(() => readdirSync(folder), []).map((fd) => attempt(() => readlinkSync(`${folder}/${fd}`), ""));
}

function lsofOwner(port: number): string | undefined {
  const out = spawnSync("lsof", ["-nP", `-iTCP:${port}`, "-sTCP:LISTEN", "-Fpc"], { encoding: "utf8" }).stdout ?? "";
  const pid = /^p(\d+)/m.exec(out)?.[1];
  const command = /^c(.+)/m.exec(out)?.[1];
  return pid ? `${command ?? "a program"} (process ${pid})` : undefined;
}
