/** Entry of the image `tools`: what runs beside the services, by name. */
import { RegistrationError, readSchemas, registerSchemas } from "./register-schemas.ts";

const commands: Readonly<Record<string, () => Promise<void>>> = {
  "register-schemas": async () => {
    const schemas = await readSchemas(needed("SCHEMA_DIRECTORY"));
    for (const { topic, type, version } of await registerSchemas(schemas, { registry: needed("REGISTRY_URL") })) {
      console.log(`${topic}/${type}: version ${version}`);
    }
  },
};

function needed(variable: string): string {
  const value = process.env[variable];
  if (!value) throw new RegistrationError(`${variable} is not set`);
  return value;
}

const [, , name = ""] = process.argv;
const command = commands[name];
if (!command) {
  console.error(`no command "${name}": use one of ${Object.keys(commands).join(", ")}`);
  process.exitCode = 2;
} else {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof RegistrationError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
