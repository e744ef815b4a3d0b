/** What an expression has as its value: one value, several texts, or none. */
export type Value = string | number | boolean | readonly string[] | null;

/** A part of an expression that was read. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Value }
  /** `[mail]`, in lower case. */
  | { readonly kind: 'attribute'; readonly name: string }
  /** `$item`: the value that `Where` or `Select` looks at. */
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly parts: readonly Expression[] }
  | {
      readonly kind: 'operator';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    };

/** An expression that cannot be read or has no value, with the words why. */
export class ExpressionProblem extends Error {}
