import { expect, it } from "@jest/globals";
import { slowdownOf } from "../../src/bench/frontend/slowdown.ts";

it("makes a phone of the middle of any machine that is quicker", () => {
  expect(slowdownOf(150)).toBe(1);
  expect(slowdownOf(475)).toBe(1.5);
  expect(slowdownOf(800)).toBe(2);
  expect(slowdownOf(1_300)).toBe(3);
  expect(slowdownOf(1_533)).toBe(4);
  expect(() => slowdownOf(149)).toThrow("slower than the phone");
});
