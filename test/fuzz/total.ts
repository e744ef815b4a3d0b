import { type Measured, Top } from './measure.ts';
import type { Slice } from './watch.ts';

/** What all threads of a target found together. */
export class Total {
  readonly target: string;
  readonly findings: Measured[] = [];
  readonly slowest = new Top(10, ({ milliseconds }) => milliseconds);
  readonly largest = new Top(10, ({ octets }) => octets);
  readonly answers = new Map<string, number>();
  readonly essential: Uint8Array[] = [];
  coverageInputs = 0;
  inputs = 0;
  reached = 0;
  seconds = 0;

  constructor(target: string) {
    this.target = target;
  }

  add(slice: Slice): void {
    this.inputs += slice.inputs;
    this.findings.push(...slice.findings);
    this.coverageInputs += slice.coverageInputs.length;
    this.essential.push(...(slice.essential ?? []));
    this.reached = Math.max(this.reached, slice.reached);
    for (const item of slice.slowest) this.slowest.offer(item);
    for (const item of slice.largest) this.largest.offer(item);
    for (const [answer, count] of slice.answers) this.answers.set(answer, (this.answers.get(answer) ?? 0) + count);
  }

  /** For people. */
  line(guided: boolean): string {
    const [slow] = this.slowest.top;
    const [large] = this.largest.top;
    const news = `, ${this.coverageInputs} reached new code (${this.reached} characters of it ran)`;
    return (
      `${this.target.padEnd(12)} ${this.inputs} inputs in ${this.seconds.toFixed(0)} s, ` +
      `slowest ${slow?.milliseconds.toFixed(1)} ms, largest ${((large?.octets ?? 0) / 1024).toFixed(0)} KiB, ` +
      `${this.answers.size} answers, ${this.findings.length} findings${guided ? news : ''}`
    );
  }

  /** For the report: everything but what was kept. */
  report(): object {
    const { target, inputs, seconds, findings, slowest, largest, answers } = this;
    const counts = Object.fromEntries([...answers].sort(([, a], [, b]) => b - a));
    return { target, inputs, seconds, findings, slowest: slowest.top, largest: largest.top, answers: counts };
  }
}
