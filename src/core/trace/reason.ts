/** What a row of the table of reasons says. `E` is the evidence its code carries: small, serializable, free of secrets. */
export interface Reason<E> {
  /** The AADSTS number a Microsoft administrator would search for; absent when Entra has no word for it. */
  readonly entra?: number;
  /** The rule: an RFC section, or a rule id of the behavioral specification such as `CRL-12`. */
  readonly references: string;
  /**
   * What happened, for the operator. Tables of a sign-in, a token or a change have fragments without a capital letter and a
   * full stop, because the trace and the logs print them after a step or an activity. Tables of the server, its commands and
   * devices have sentences. Texts of Entra and of Microsoft Graph are as these services have them.
   */
  readonly message: (evidence: E) => string;
  /** What to do about it, for the operator; absent where nothing needs doing. */
  readonly remedy?: string;
  /** One sentence for the person at the keyboard; absent where the general sentence serves. */
  readonly userMessage?: string;
}

/** Evidence of a code that needs none. */
export type Nothing = Record<never, never>;
