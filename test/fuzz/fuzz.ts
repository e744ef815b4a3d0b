import { Random } from '../differential/random.ts';
import { discoveries, seeds } from './corpus.ts';
import type { Coverage } from './coverage.ts';
import { type Measured, measure, Top } from './measure.ts';
import { mutate } from './mutations/mutate.ts';
import { mutateTree } from './mutations/tree.ts';
import type { Target } from './targets.ts';

export interface FuzzResult {
  readonly inputs: number;
  readonly findings: readonly Measured[];
  readonly slowest: readonly Measured[];
  readonly largest: readonly Measured[];
  /** Inputs that reached code no input before them had. */
  readonly coverageInputs: readonly Uint8Array[];
  /** How often each answer came. */
  readonly answers: ReadonlyMap<string, number>;
}

/** Receives every input before it runs, so that another thread knows it when the run does not end. */
export type Announce = (number: number, input: Uint8Array) => void;

export interface FuzzOptions {
  readonly seed: number;
  /** Keep what reaches new code, and mutate that too. The same number is then not always the same input. */
  readonly coverage?: Coverage;
  readonly announce?: Announce;
}

const batchSize = 250;
/** Octets; what is longer is not mutated further. */
const largestInput = 4096;
const enoughFindings = 10;
const report = 10;

/** A target with its inputs: number n is the same input on every machine, unless guided. */
export class Fuzz {
  readonly #target: Target;
  readonly #options: FuzzOptions;
  readonly #starting: readonly Uint8Array[];
  readonly #discoveries: readonly Uint8Array[];
  readonly #targetItems: Uint8Array[];
  readonly #others: readonly Uint8Array[];
  readonly #coverage: Coverage | undefined;

  constructor(name: string, target: Target, options: FuzzOptions) {
    this.#target = target;
    this.#options = options;
    const starting = [...seeds].filter(([seed]) => target.from.some((prefix) => seed.startsWith(prefix)));
    const existing = [...discoveries].filter(([seed]) => seed.startsWith(`${name} `));
    this.#starting = starting.map(([, bytes]) => bytes);
    this.#discoveries = existing.map(([, bytes]) => bytes);
    this.#targetItems = [...this.#starting, ...this.#discoveries];
    this.#others = [...seeds.values()];
    this.#coverage = options.coverage;
    // What the seeds reach is not news; twice, because what is remembered is reached the second time only.
    for (const seed of [...this.#targetItems, ...this.#targetItems]) measure(target, -1, seed);
    if (this.#coverage) this.#coverage.add(this.#coverage.look());
  }

  /** Runs inputs `from` to `from + count - 1`. Ends early when there are findings enough. */
  run(from: number, count: number): FuzzResult {
    const findings: Measured[] = [];
    const slowest = new Top(report, ({ milliseconds }) => milliseconds);
    const largest = new Top(report, ({ octets }) => octets);
    const answers = new Map<string, number>();
    const uint8Arrays: Uint8Array[] = [];
    let inputs = 0;
    for (let at = from; at < from + count && findings.length < enoughFindings; at += batchSize) {
      const batch: Uint8Array[] = [];
      for (let number = at; number < Math.min(at + batchSize, from + count); number++) {
        const input = this.inputOf(number);
        batch.push(input);
        const measurement = this.#measure(number, input, slowest);
        inputs++;
        if (measurement.problem !== undefined) findings.push(measurement);
        slowest.offer(measurement);
        largest.offer(measurement);
        answers.set(measurement.answer, (answers.get(measurement.answer) ?? 0) + 1);
      }
      uint8Arrays.push(...this.#news(batch));
    }
    return { inputs, findings, slowest: slowest.top, largest: largest.top, coverageInputs: uint8Arrays, answers };
  }

  #measure(number: number, input: Uint8Array, slowest: Top): Measured {
    this.#options.announce?.(number, input);
    const measurement = measure(this.#target, number, input);
    if (measurement.problem !== undefined || !slowest.takes(measurement)) return measurement;
    // Slow because of the input, or because code was compiled or garbage collected meanwhile?
    const again = measure(this.#target, number, input);
    return { ...measurement, milliseconds: Math.min(measurement.milliseconds, again.milliseconds) };
  }

  inputOf(number: number): Uint8Array {
    const random = new Random(Math.imul(this.#options.seed + 1, 0x9e3779b1) ^ number);
    // What reached new code is broken as often as not, and breaks sooner when mutated: half start from what is whole.
    const pool = random.chance(0.5) ? this.#starting : this.#targetItems;
    const [item, other] = [random.pick(pool), random.pick(random.chance(0.8) ? pool : this.#others)];
    const input = (random.chance(0.5) ? mutateTree : mutate)(item, other, random);
    return this.#target.finish?.(input, random) ?? input;
  }

  /** Which of a batch reached new code. Rarely any did, so they are distinguished only then, by running them once more. */
  #news(batch: readonly Uint8Array[]): Uint8Array[] {
    const coverage = this.#coverage;
    if (!coverage) return [];
    const items = coverage.look();
    if (coverage.fresh(items) === 0) return [];
    const news = batch.filter((input) => input.length <= largestInput && this.#isNew(input, coverage));
    coverage.add(items);
    this.#targetItems.push(...news);
    return news;
  }

  #isNew(input: Uint8Array, coverage: Coverage): boolean {
    this.#target.run(input);
    const ran = coverage.look();
    const isNew = coverage.fresh(ran) > 0;
    coverage.add(ran);
    return isNew;
  }

  /** Characters of source that inputs reached, when guided. */
  get reached(): number {
    return this.#coverage?.reached ?? 0;
  }

  /** Of the inputs that were kept, now and in former runs, those without which some code would not be reached. */
  essential(existing: readonly Uint8Array[]): readonly Uint8Array[] {
    const coverage = this.#coverage;
    if (!coverage) return [];
    coverage.forget();
    for (const seed of this.#starting) this.#target.run(seed);
    coverage.add(coverage.look());
    // Late ones stand on the shoulders of early ones, and often reach all that those did.
    return [...this.#discoveries, ...existing].toReversed().filter((input) => this.#isNew(input, coverage));
  }
}
