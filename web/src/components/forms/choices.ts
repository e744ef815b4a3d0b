/** A value to choose, and how it is called. */
export interface Choice<T extends string> {
  readonly id: T;
  readonly label: string;
  readonly help?: string;
}

/** What a value is called; undefined for a value outside of the choices. */
export const labelOf = (choices: readonly Choice<string>[], value: unknown): string | undefined =>
  choices.find(({ id }) => id === value)?.label;
