import { unknown } from "#charts/third-party/unknown";
import type { Environment } from "#model/environment";
import type { ImagePins } from "#model/images";
import { ownImages } from "#model/own-images";
import type { System } from "#model/system";
import { placeholdersOf, type UnconfirmedFact, unconfirmedOf } from "#model/unconfirmed";

/** Every fact of the model and the charts that has no confirmed source. */
export function unconfirmedFacts(
  model: System,
  environments: readonly Environment[],
  imagesOf: (environment: string) => ImagePins,
): UnconfirmedFact[] {
  return byArea([
    ...environments.flatMap(placeholdersOf),
    ...environments.flatMap(({ name }) => unreleased(model, name, imagesOf(name))),
    ...environments.flatMap((environment) => unconfirmedOf(environment)).filter(firstOfItsSubject),
    ...unknown.map(({ subject, what, why }) => ({ area: "third-party charts" as const, subject, what, why })),
  ]);
}

/** Areas in the order in which each is first named. */
export const byArea = (facts: readonly UnconfirmedFact[]): UnconfirmedFact[] =>
  [...Map.groupBy(facts, ({ area }) => area).values()].flat();

const firstOfItsSubject = ({ subject, what }: UnconfirmedFact, index: number, all: readonly UnconfirmedFact[]) =>
  all.findIndex((other) => other.subject === subject && other.what === what) === index;

const unreleased = (model: System, environment: string, images: ImagePins): UnconfirmedFact[] => {
  const missing = ownImages(model).filter((image) => !images[image]?.digest);
  return missing.length === 0
    ? []
    : [
        {
          area: "images",
          subject: `config/images/${environment}.json`,
          what: `no digest for ${missing.join(", ")}`,
          why: "not released yet",
        },
      ];
};
