/** A setting that an earlier version knew under another name, or that has no effect any more. */
export interface FormerSetting {
  readonly name: string;
  /** Its name today. Undefined where no setting takes its value. */
  readonly current?: string;
  /** The next step, as a sentence. */
  readonly advice: string;
}

/**
 * Every setting that was renamed or removed since 0.2.0. The value of a renamed one still counts, in `cardea.json` and in the
 * environment, where its name of today is not set; a start and `cardea config check` warn of it.
 */
export const formerSettings: readonly FormerSetting[] = [];

type Raw = Readonly<Record<string, unknown>>;

/** The values under their names of today, without those that have no effect. */
export function currentNames(values: Raw, former: readonly FormerSetting[]): Record<string, unknown> {
  const result: Record<string, unknown> = { ...values };
  for (const { name, current } of former) {
    if (!(name in result)) continue;
    if (current !== undefined) result[current] ??= result[name];
    delete result[name];
  }
  return result;
}
