import './charts.css';
import { ToggleButton, Toolbar } from 'react-aria-components';
import { useInSight } from '../layout/in-sight.ts';

/** One part of every bar: what it counts, and the class of its color in `charts.css`. */
export interface BarPart {
  readonly title: string;
  readonly color: 0 | 1 | 2 | 3 | 4;
}

/** A bar: a length of time with a count for each part. */
export interface Bar {
  /** ISO 8601: its beginning. */
  readonly start: string;
  readonly counts: readonly number[];
}

interface BarsProps {
  /** What is counted: "Sign-ins". */
  readonly label: string;
  readonly parts: readonly BarPart[];
  readonly bars: readonly Bar[];
  /** The length of a bar. */
  readonly milliseconds: number;
  /** The beginning of the bar that is chosen. */
  readonly chosen?: string;
  readonly onChoose?: (start: string | undefined) => void;
}

/** Counts over time as stacked bars. Where one can be chosen, arrow keys move from bar to bar; each says its counts. */
export function Bars({ label, parts, bars, milliseconds, chosen, onChoose }: BarsProps) {
  // On a phone the bars scroll: the latest ones are in sight.
  const frame = useInSight((element) => {
    element.scrollLeft = element.scrollWidth;
  }, bars.length);
  const most = Math.max(1, ...bars.map(({ counts }) => sum(counts)));
  const totals = parts.map((_, i) => sum(bars.map(({ counts }) => counts[i] ?? 0)));
  return (
    <div className="chart">
      <ul className="chart-legend" aria-label={`${label}: totals`}>
        {parts.map(({ title, color }, i) => (
          <li key={title}>
            <span className={`chart-key chart-${color}`} aria-hidden="true" />
            {title}: {(totals[i] ?? 0).toLocaleString()}
          </li>
        ))}
      </ul>
      {onChoose ? (
        <Toolbar ref={frame} className="chart-bars" aria-label={`${label} over time`}>
          {bars.map((bar) => (
            <ToggleButton
              key={bar.start}
              className="chart-bar chart-choice"
              aria-label={messageOf(bar, milliseconds, parts)}
              isSelected={bar.start === chosen}
              onChange={(is) => onChoose(is ? bar.start : undefined)}
            >
              <BarParts bar={bar} parts={parts} most={most} />
            </ToggleButton>
          ))}
        </Toolbar>
      ) : (
        <div className="chart-bars" role="img" aria-label={`${label} over time, at most ${most.toLocaleString()}`}>
          {bars.map((bar) => (
            <span key={bar.start} className="chart-bar" title={messageOf(bar, milliseconds, parts)}>
              <BarParts bar={bar} parts={parts} most={most} />
            </span>
          ))}
        </div>
      )}
      <div className="chart-ends" aria-hidden="true">
        <span>{bars[0] && momentOf(bars[0].start, milliseconds)}</span>
        <span>Highest: {most.toLocaleString()}</span>
        <span>{bars.length > 0 && momentOf(bars.at(-1)!.start, milliseconds)}</span>
      </div>
    </div>
  );
}

function BarParts({ bar, parts, most }: Pick<BarsProps, 'parts'> & { readonly bar: Bar; readonly most: number }) {
  return parts.map(({ title, color }, i) => (
    <span
      key={title}
      className={`chart-part chart-${color}`}
      style={{ height: `${(100 * (bar.counts[i] ?? 0)) / most}%` }}
    />
  ));
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const day = 86_400_000;

function momentOf(start: string, milliseconds: number): string {
  const date = new Date(start);
  return milliseconds >= day
    ? date.toLocaleDateString(undefined, { dateStyle: 'medium' })
    : date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

function messageOf({ start, counts }: Bar, milliseconds: number, parts: readonly BarPart[]): string {
  const numbers = parts.map(({ title }, i) => `${counts[i] ?? 0} ${title.toLowerCase()}`);
  return `${momentOf(start, milliseconds)}: ${numbers.join(', ')}`;
}
