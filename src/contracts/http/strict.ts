import * as z from "zod/mini";

/** The parts of a zod schema's definition that hold other schemas. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodMiniType>>;
  readonly catchall?: z.ZodMiniType;
  readonly element?: z.ZodMiniType;
  readonly innerType?: z.ZodMiniType;
  readonly options?: readonly z.ZodMiniType[];
  readonly items?: readonly z.ZodMiniType[];
  readonly valueType?: z.ZodMiniType;
  readonly in?: z.ZodMiniType;
  readonly left?: z.ZodMiniType;
}

/**
 * A copy of a schema that refuses unknown fields at every depth, where `z.object` would drop them in silence. Checks, defaults
 * and optionality stay.
 * @throws TypeError for intersections, whose sides would refuse each other's fields
 */
export function strict<S extends z.ZodMiniType>(schema: S): S {
  const definition = schema._zod.def as unknown as Definition;
  const changed = strictParts(definition);
  return changed ? (z.clone(schema, { ...schema._zod.def, ...changed } as S["_zod"]["def"]) as S) : schema;
}

function strictParts(definition: Definition): Partial<Definition> | undefined {
  switch (definition.type) {
    case "object": {
      const shape = Object.fromEntries(
        Object.entries(definition.shape ?? {}).map(([key, value]) => [key, strict(value)]),
      );
      return { shape, catchall: definition.catchall ?? z.never() };
    }
    case "array":
      return definition.element ? { element: strict(definition.element) } : undefined;
    case "nullable":
    case "optional":
    case "default":
    case "prefault":
    case "nonoptional":
    case "readonly":
    case "catch":
      return definition.innerType ? { innerType: strict(definition.innerType) } : undefined;
    case "union":
      return { options: (definition.options ?? []).map(strict) };
    case "tuple":
      return { items: (definition.items ?? []).map(strict) };
    case "record":
      return definition.valueType ? { valueType: strict(definition.valueType) } : undefined;
    case "pipe":
      return definition.in ? { in: strict(definition.in) } : undefined;
    case "intersection":
      throw new TypeError("a request schema cannot be an intersection: use z.extend");
    default:
      return undefined;
  }
}
