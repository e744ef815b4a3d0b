import { requestReasons } from './requests.ts';
import { servingReasons } from './serving.ts';

/** Reasons of connections and pages. */
export const httpReasons = {
  ...requestReasons,
  ...servingReasons,
};

declare module '#core/trace/reasons.ts' {
  interface ReasonTables {
    readonly http: typeof httpReasons;
  }
}
