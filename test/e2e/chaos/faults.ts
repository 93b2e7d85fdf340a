/** Makes what the schedule says happen. */
import { setTimeout as delay } from "node:timers/promises";
import { type Injected, intruder } from "./inject.ts";
import type { ChaosProduct, Observer } from "./product.ts";
import { type Fault, faultText, type Point, type Process, type Scheduled, type Victim } from "./schedule.ts";

export interface Happened {
  readonly fault: string;
  readonly kind: Fault["kind"];
  /** `missed`: its point was not reached in time, there was nothing to cut, or Kafka was away too. */
  readonly outcome: "done" | "missed";
}

export interface Chaos extends Observer {
  /** One fault after the other in its time; resolves when the last one is over and nothing is held back any more. */
  run(product: ChaosProduct, schedule: readonly Scheduled[], say: (line: string) => void): Promise<Happened[]>;
  readonly injected: readonly Injected[];
  stop(): Promise<void>;
}

interface Strike {
  readonly service: string;
  readonly point: Point;
  readonly victim: Victim;
  readonly hit: () => void;
}

/** How long a strike waits for its point. */
const ARMED_MS = 15_000;
const IN_SYNC_WITHIN_MS = 90_000;

export function chaos(): Chaos {
  let product: ChaosProduct | undefined;
  const armed = new Set<Strike>();
  const running = (): ChaosProduct => {
    if (!product) throw new Error("nothing runs yet");
    return product;
  };
  const stranger = intruder(() => running().sidecars.platform.kafka);

  const signal = (of: Process, name: NodeJS.Signals): boolean => {
    const { sidecars, pid, databasePid } = running();
    try {
      switch (of.kind) {
        case "service":
          return process.kill(pid(of.service), name);
        case "database":
          return process.kill(databasePid(), name);
        case "sidecar":
          sidecars.daprds.get(of.service)?.signal(name);
          return true;
        case "broker":
          sidecars.platform.kafka.kafka.brokers[of.index]?.signal(name);
          return true;
      }
    } catch {
      return false;
    }
  };

  const strike = async ({ service, point, victim }: Extract<Fault, { kind: "strike" }>): Promise<boolean> => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiting: Strike = { service, point, victim, hit: () => resolve(true) };
    armed.add(waiting);
    const timer = setTimeout(() => resolve(false), ARMED_MS);
    const hit = await promise;
    clearTimeout(timer);
    armed.delete(waiting);
    return hit;
  };

  const pause = async (of: Process, forMs: number): Promise<boolean> => {
    // The process that was stopped is the one to go on, also when another has taken its place.
    const stopped = signal(of, "SIGSTOP");
    await delay(forMs);
    signal(of, "SIGCONT");
    return stopped;
  };

  /** With two of three brokers away there is nothing to be seen but an outage: they wait for each other. */
  let brokers: Promise<unknown> = Promise.resolve();
  const afterBrokers = (work: () => Promise<boolean>): Promise<boolean> => {
    const turn = brokers.then(work);
    brokers = turn.then(() => untilInSync(running()));
    return turn;
  };

  const apply = (fault: Fault): Promise<boolean> => {
    const proxy = (service: string, link: Parameters<ChaosProduct["proxyOf"]>[1]) => running().proxyOf(service, link);
    switch (fault.kind) {
      case "strike":
        return strike(fault);
      case "kill":
        if (fault.process.kind === "broker") return afterBrokers(async () => signal(fault.process, "SIGKILL"));
        return Promise.resolve(signal(fault.process, "SIGKILL"));
      case "pause":
        if (fault.process.kind === "broker") return afterBrokers(() => pause(fault.process, fault.forMs));
        return pause(fault.process, fault.forMs);
      case "cut":
        return Promise.resolve(proxy(fault.service, fault.link).cut(fault.service) > 0);
      case "half-open":
        return proxy(fault.service, fault.link).halfOpen(fault.service, fault.forMs);
      case "stall":
        return proxy(fault.service, fault.link).stall(fault.service, fault.forMs);
      case "delay":
        return proxy(fault.service, fault.link).delay(fault.service, fault.byMs, fault.forMs);
      case "duplicate":
        return stranger.duplicate(fault.topic, fault.pick);
      case "stale":
        return stranger.stale(fault.topic, fault.pick);
      case "poison":
        return stranger.poison(fault.topic, fault.form).then(() => true);
    }
  };

  return {
    injected: stranger.injected,
    published: (published) => stranger.saw(published),
    reached: (service, point) => {
      const found = [...armed].find((strike) => strike.service === service && strike.point === point);
      if (!found) return false;
      armed.delete(found);
      signal(found.victim === "database" ? { kind: "database" } : { kind: found.victim, service }, "SIGKILL");
      found.hit();
      return true;
    },
    run: async (on, schedule, say) => {
      product = on;
      const happening = [];
      for (const fault of schedule) {
        await delay(fault.afterMs);
        say(faultText(fault));
        happening.push(
          apply(fault)
            .catch(() => false)
            .then(
              (done): Happened => ({ fault: faultText(fault), kind: fault.kind, outcome: done ? "done" : "missed" }),
            ),
        );
      }
      const happened = await Promise.all(happening);
      await brokers;
      return happened;
    },
    stop: () => stranger.stop(),
  };
}

/** Until every partition is on every broker again. */
async function untilInSync({ sidecars }: ChaosProduct): Promise<void> {
  const { kafka, clientOf } = sidecars.platform.kafka;
  const admin = clientOf("admin").admin();
  const deadline = Date.now() + IN_SYNC_WITHIN_MS;
  const inSync = async (): Promise<boolean> => {
    const { topics } = await admin.fetchTopicMetadata();
    return topics.every(({ partitions }) => partitions.every(({ isr }) => isr.length === kafka.brokers.length));
  };
  try {
    await admin.connect();
    // Its absence takes a moment to be noticed.
    do await delay(2_000);
    while (!(await inSync().catch(() => false)) && Date.now() < deadline);
  } finally {
    await admin.disconnect();
  }
}
