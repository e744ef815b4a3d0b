/** What a Graph error means for the page. */
export type ProblemKind =
  | 'offline'
  | 'unavailable'
  | 'throttled'
  | 'changedMeanwhile'
  | 'refusedByGuard'
  | 'noPermission'
  | 'notFound'
  | 'invalid'
  | 'other';

/** An administrator whom a refused change would lock out. */
export interface LockedOutAdministrator {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly reason?: string;
  readonly reasonText?: string;
}

/** `error.innerError` of Graph, with what this server adds. */
interface InnerError {
  readonly 'request-id'?: string;
  readonly code?: string;
  readonly administrators?: readonly LockedOutAdministrator[];
  readonly mayForce?: boolean;
  readonly changedBy?: string;
  readonly changedDateTime?: string;
}

/** The body of an answer that is an error. */
export interface ErrorBody {
  readonly error?: {
    readonly code?: string;
    readonly message?: string;
    readonly details?: readonly { readonly target?: string; readonly message?: string; readonly code?: string }[];
    readonly innerError?: InnerError;
  };
}

/** An answer of Graph that is an error, or that never came. */
export class GraphProblem extends Error {
  readonly kind: ProblemKind;
  readonly status: number;
  readonly code: string;
  readonly innerError: InnerError;
  readonly details: readonly { readonly target?: string; readonly message?: string }[];
  /** Leads to the entry of the server's log. */
  readonly correlationId: string;
  /** Seconds after which the request may be repeated. */
  readonly retryAfter: number | undefined;

  constructor(status: number, body: ErrorBody, headers: { correlationId?: string; retryAfter?: number } = {}) {
    super(sentence(body.error?.message ?? words[status] ?? `The server returned the status ${status}.`));
    this.name = 'GraphProblem';
    this.status = status;
    this.code = body.error?.code ?? '';
    this.innerError = body.error?.innerError ?? {};
    this.details = body.error?.details ?? [];
    this.correlationId = headers.correlationId ?? this.innerError['request-id'] ?? '';
    this.retryAfter = headers.retryAfter;
    this.kind = kindOf(status, this.innerError);
  }

  /** Messages by the property that each is about. */
  get byField(): Readonly<Record<string, string>> {
    const pairs = this.details.flatMap(({ target, message }) =>
      target && message ? [[target, message] as const] : [],
    );
    return Object.fromEntries(pairs);
  }
}

/** With a capital letter, unless it begins with the name of a property. */
const sentence = (text: string): string => (/^[a-z]+[ ,]/.test(text) ? text[0]!.toUpperCase() + text.slice(1) : text);

const words: Readonly<Record<number, string>> = {
  0: 'The server cannot be reached. Check the network connection.',
  429: 'Too many requests were made. Wait a moment.',
  502: 'The proxy cannot reach the server.',
  503: 'The service is not available at the moment.',
  504: 'The server did not answer in time.',
};

const kinds: Readonly<Record<number, ProblemKind>> = {
  0: 'offline',
  400: 'invalid',
  403: 'noPermission',
  404: 'notFound',
  409: 'invalid',
  412: 'changedMeanwhile',
  429: 'throttled',
  500: 'unavailable',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
};

const kindOf = (status: number, { administrators }: InnerError): ProblemKind =>
  administrators ? 'refusedByGuard' : (kinds[status] ?? 'other');

/** The kind of any thrown value. */
export const problemKind = (problem: unknown): ProblemKind =>
  problem instanceof GraphProblem ? problem.kind : 'other';
