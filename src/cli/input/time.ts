/**
 * The date or time that a text names, in UTC unless it has a zone: a command does the same wherever it runs. Undefined for another text, and for
 * a day that the calendar does not have, which `Date` takes for one of the next month.
 */
export function timeIn(text: string): Date | undefined {
  const [, day, clock = 'T00:00', zone = 'Z'] = form.exec(text) ?? [];
  if (day === undefined || dayOf(`${day}T00:00Z`) !== day) return undefined;
  const time = new Date(`${day}${clock}${zone}`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

const form = /^(\d{4}-\d\d-\d\d)(?:(T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?)?$/;

function dayOf(text: string): string | undefined {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString().slice(0, 10);
}
