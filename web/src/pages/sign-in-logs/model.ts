import { interruptedCodes } from '../../components/data/sign-in-status.ts';
import { allOf, literal } from '../../graph/paths.ts';

/** An entry of the sign-in log, as far as the pages show it. */
export interface SignIn {
  readonly id: string;
  readonly createdDateTime: string;
  readonly correlationId: string;
  readonly sessionId: string | null;
  readonly uniqueTokenIdentifier: string | null;
  readonly userId: string;
  readonly userDisplayName: string;
  readonly userPrincipalName: string;
  readonly userType: string | null;
  readonly appId: string;
  readonly appDisplayName: string;
  readonly resourceId: string;
  readonly resourceDisplayName: string;
  readonly ipAddress: string;
  readonly clientAppUsed: string;
  readonly userAgent: string;
  readonly conditionalAccessStatus: string;
  readonly authenticationRequirement: string;
  readonly isInteractive: boolean;
  readonly incomingTokenType: string;
  readonly status: {
    readonly errorCode: number;
    readonly failureReason: string | null;
    readonly additionalDetails: string | null;
  };
  readonly deviceDetail: {
    readonly deviceId: string;
    readonly displayName: string | null;
    readonly operatingSystem: string | null;
    readonly browser: string | null;
    readonly isCompliant: boolean | null;
    readonly isManaged: boolean | null;
    readonly trustType: string | null;
  };
  readonly authenticationDetails: readonly {
    readonly authenticationStepDateTime: string;
    readonly authenticationMethod: string;
    readonly authenticationMethodDetail: string | null;
    readonly succeeded: boolean;
    readonly authenticationStepResultDetail: string;
    readonly authenticationStepRequirement: string;
  }[];
  readonly authenticationProcessingDetails: readonly { readonly key: string; readonly value: string }[];
  readonly appliedConditionalAccessPolicies: readonly {
    readonly id: string;
    readonly displayName: string;
    readonly enforcedGrantControls: readonly string[];
    readonly enforcedSessionControls: readonly string[];
    readonly result: string;
  }[];
}

export type EventKind = 'interactiveUser' | 'nonInteractiveUser' | 'servicePrincipal';

/** What the user of the page looks for; an empty text is no condition. */
export interface SignInFilters {
  readonly kind: EventKind;
  readonly from: Date | undefined;
  readonly until: Date | undefined;
  readonly status: string;
  readonly user: string;
  readonly app: string;
  readonly address: string;
  readonly errorCode: string;
  readonly access: string;
  readonly correlation: string;
}

const codes = interruptedCodes.join(', ');
const statusConditions: Readonly<Record<string, string>> = {
  success: 'status/errorCode eq 0',
  failure: `status/errorCode ne 0 and not(status/errorCode in (${codes}))`,
  interrupted: `status/errorCode in (${codes})`,
};

/** The conditions that the chart counts by as well. */
export function countedFilter({ kind, status, user, app, address, errorCode }: SignInFilters): string | undefined {
  return allOf(
    `signInEventTypes/any(t: t eq ${literal(kind)})`,
    statusConditions[status],
    user.trim() && `userPrincipalName eq ${literal(user.trim())}`,
    app.trim() && `appId eq ${literal(app.trim())}`,
    address.trim() && `ipAddress eq ${literal(address.trim())}`,
    /^\d+$/.test(errorCode.trim()) ? `status/errorCode eq ${errorCode.trim()}` : undefined,
  );
}

/** The `$filter` of the list. */
export function listFilter(filters: SignInFilters): string | undefined {
  const { from, until, access, correlation } = filters;
  return allOf(
    from && `createdDateTime ge ${from.toISOString()}`,
    until && `createdDateTime lt ${until.toISOString()}`,
    countedFilter(filters),
    correlation.trim() && `correlationId eq ${literal(correlation.trim().toLowerCase())}`,
    access && `conditionalAccessStatus eq ${literal(access)}`,
  );
}

/** Ranges of time, with the length of a bar of the chart. */
export const ranges = {
  '24h': { label: 'Last 24 hours', days: 1, interval: 'PT1H', milliseconds: 3_600_000 },
  '7d': { label: 'Last 7 days', days: 7, interval: 'PT6H', milliseconds: 21_600_000 },
  '30d': { label: 'Last month', days: 30, interval: 'P1D', milliseconds: 86_400_000 },
} as const;
export type Range = keyof typeof ranges;

/** A length of time with the bars that it is divided into. */
export interface Span {
  readonly days: number;
  readonly interval: string;
  readonly milliseconds: number;
}

const day = 86_400_000;

/** The bars of a time interval that the user enters: hours of two days, six hours of two weeks, else days. */
export function spanOf(from: Date, until: Date): Span {
  const days = Math.max(1, Math.ceil((until.getTime() - from.getTime()) / day));
  const { interval, milliseconds } = days <= 2 ? ranges['24h'] : days <= 14 ? ranges['7d'] : ranges['30d'];
  return { days, interval, milliseconds };
}
