import type { SignInSummaryRow } from '#model/sign-in.ts';
import { collection } from '../../protocol/answers.ts';
import type { Answer, Call } from '../../protocol/call.ts';
import { needs } from '../../protocol/needs.ts';
import type { Route } from '../../protocol/route.ts';
import { functionPaths, lengthsOf, periodOf } from './period.ts';
import { requireCountable } from './sign-ins.ts';

/** Beyond Entra: how many entries of the filter there are in each length of time, by outcome and error code. */
async function summary(call: Call): Promise<Answer> {
  const period = periodOf(call, { interval: 'PT1H', days: 1 });
  const rows = await call.ports.signInLog.reports.summary(queryOf(call, period));
  const byStart = Map.groupBy(rows, ({ start }) => start.getTime());
  const value = lengthsOf(period).map((start) => summaryItem(start, byStart.get(start.getTime()) ?? []));
  // The filter has chosen the entries that are counted.
  const ofLengths = { ...call, query: { ...call.query, filter: undefined } };
  return collection(
    ofLengths,
    value,
    { type: 'signInSummary', set: 'Collection(cardea.signInSummary)' },
    { page: 1001, most: 1001 },
  );
}

/** The lengths of time begin at the period's `from`; a range in the filter is a condition among others. */
function queryOf(call: Call, period: ReturnType<typeof periodOf>) {
  const { from: _, until: __, ...query } = requireCountable(call);
  return { ...query, ...period };
}

function summaryItem(start: Date, rows: readonly SignInSummaryRow[]) {
  const total = (status: SignInSummaryRow['status']) =>
    rows.filter((row) => row.status === status).reduce((sum, { count }) => sum + count, 0);
  const codes = Map.groupBy(
    rows.filter(({ errorNumber }) => errorNumber !== 0),
    ({ errorNumber }) => errorNumber,
  );
  const byErrorCode = [...codes].map(([errorCode, items]) => ({
    errorCode,
    count: items.reduce((sum, { count }) => sum + count, 0),
  }));
  return {
    start: start.toISOString(),
    granted: total('success'),
    interrupted: total('interrupted'),
    refused: total('failure'),
    byErrorCode: byErrorCode.toSorted((first, second) => second.count - first.count),
  };
}

export const signInSummaryRoutes: readonly Route[] = functionPaths('auditlogs/signins/summary').map((path) => ({
  method: 'GET',
  path,
  need: needs.readSignIns,
  answer: summary,
}));
