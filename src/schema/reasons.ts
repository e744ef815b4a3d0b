/** Documents and properties that administrators write. */
export const schemaReasons = {
  graphPropertyInvalid: {
    references: 'graph-api §1.4',
    message: (e: { target: string; problem: string }) =>
      `${e.target || 'the body'}: ${e.problem} (property values specified are invalid)`,
  },
};

declare module '#core/trace/reasons.ts' {
  interface ReasonTables {
    readonly schema: typeof schemaReasons;
  }
}
