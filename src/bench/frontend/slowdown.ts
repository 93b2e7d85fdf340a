/**
 * How many times slower than a machine the phone of the middle is: what the calculator says that Lighthouse's
 * `docs/throttling.md` names for machines other than a good desktop. Linear between 150 (the phone itself: 1), 800 (2) and
 * 1,300 (3), and from there one more for every 233.
 * @throws Error for a machine that is slower than the phone
 */
export function slowdownOf(benchmarkIndex: number): number {
  if (benchmarkIndex < 150) throw new Error("Lighthouse: this machine is slower than the phone that it would be");
  if (benchmarkIndex < 800) return 1 + (benchmarkIndex - 150) / 650;
  if (benchmarkIndex < 1_300) return 2 + (benchmarkIndex - 800) / 500;
  return 3 + (benchmarkIndex - 1_300) / 233;
}
