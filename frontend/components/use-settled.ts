import { useEffect, useState } from "react";
import { whenSettled } from "./when-idle.ts";

/** True once somebody does something, or once the page had its time to settle: for what is only perhaps wanted next. */
export function useSettled(): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => whenSettled(() => setSettled(true)), []);
  return settled;
}
