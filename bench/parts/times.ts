import { median, quantile } from './processes.ts';

/** Milliseconds of processor time of this process in the middle, which other work on the machine does not change much; of a clock at the slow end. */
export interface Times {
  readonly median: number;
  readonly p95: number;
}

/** How long `work` takes, after it was done once. */
export async function timesOf(work: () => Promise<unknown>, count = 40): Promise<Times> {
  await work();
  const times: number[] = [];
  const cpu: number[] = [];
  for (let round = 0; round < count; round++) {
    const [start, before] = [performance.now(), process.cpuUsage()];
    await work();
    times.push(performance.now() - start);
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1000);
  }
  return { median: median(cpu), p95: quantile(times, 0.95) };
}
