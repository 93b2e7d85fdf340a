import { end } from "./run.mjs";

export default end;
