/**
 * The real engines as the laptop runs them. `npm run engines` installs them and the suites start them too, so both live in
 * `test/engines`; outside the tests this is the one place that knows.
 */
export {
  type Certificate,
  createAuthority,
  type Daprd,
  detachEngines,
  type EngineName,
  findEngine,
  freePorts,
  type Kafka,
  type Scheduler,
  type Sentry,
  startDaprd,
  startKafka,
  startScheduler,
  startSentry,
  startValkey,
  type TemporaryFolder,
  temporaryFolder,
  type Valkey,
} from "#test/engines/index";
export { startProcess } from "#test/engines/process";
