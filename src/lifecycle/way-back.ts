import type { Report } from "#diff/report";
import { releasedPins, sourceCommit } from "./image-source.ts";
import type { Repository } from "./repository.ts";

/** What the way back would change, and between which commits. */
export interface WayBack {
  readonly repository: Repository;
  readonly environment: string;
  readonly services: readonly string[] | null;
  /** The commit that runs now. */
  readonly from: string;
  /** The commit whose rendering is restored. */
  readonly to: string;
  readonly report: Report;
}

/** Looks for one reason why an environment cannot go back. @returns a sentence without its full stop for each */
export type Obstacle = (way: WayBack) => Iterable<string>;

/** A service whose image is another than it was, and the commits that both were built from. */
export interface Moved {
  readonly service: string;
  readonly newer: string;
  readonly older: string;
}

/**
 * The services that were released since, by whether they go back too. What an image of either time holds is told by the
 * commit that it was built from: the branch may know more than what was released, and did so then.
 */
export function movedSince({ repository, environment, services, from, to }: WayBack): {
  readonly back: readonly Moved[];
  readonly staying: readonly Moved[];
} {
  const [now, then] = [releasedPins(repository, from, environment), releasedPins(repository, to, environment)];
  const moved = [...now].flatMap(([service, pin]): Moved[] => {
    const old = then.get(service);
    if (old === pin) return [];
    return [
      {
        service,
        newer: sourceCommit(repository, from, pin),
        older: old === undefined ? to : sourceCommit(repository, to, old),
      },
    ];
  });
  const goesBack = ({ service }: Moved): boolean => services === null || services.includes(service);
  return { back: moved.filter(goesBack), staying: moved.filter((one) => !goesBack(one)) };
}
