import { CardeaError, remedyOf } from '#core/trace/fault.ts';
import type { Output } from '../command.ts';
import { exitCodeOf } from './exit-codes.ts';
import { listRemedy } from './list-command.ts';
import { escapeForTerminal, escapeWithinLine } from './terminal.ts';

/** Escapes all output of a command, so that no stored value controls a terminal. */
export function escaping({ say, complain, ...rest }: Output): Output {
  return {
    ...rest,
    say: (text) => say(escapeForTerminal(text)),
    complain: (text) => complain(escapeForTerminal(text)),
  };
}

/** Reports an error: a `CardeaError` with its message and remedy, any other error as an internal error. */
export async function reportFaults<Exit>(
  output: Output,
  json: boolean,
  run: () => Promise<Exit>,
): Promise<Exit | number> {
  try {
    return await run();
  } catch (problem) {
    if (!(problem instanceof CardeaError)) {
      const message = problem instanceof Error ? problem.message : String(problem);
      if (json) output.say(`${JSON.stringify({ error: { code: 'internalError', message } }, null, 2)}\n`);
      output.complain(`cardea: Internal error: ${escapeWithinLine(message)}\n`);
      return 1;
    }
    const { because } = problem;
    if (json) output.say(`${JSON.stringify({ error: { ...because, message: problem.message } }, null, 2)}\n`);
    const listing = because.code === 'nothingFound' ? listRemedy(because.evidence.kind) : undefined;
    const remedies = [listing ?? remedyOf(because), because.code === 'lastAdministratorShutOut' ? mayForce : undefined];
    const advice = remedies.filter((remedy) => remedy !== undefined).map((remedy) => `${remedy}\n`);
    output.complain(`cardea: ${escapeWithinLine(withFullStop(problem.message))}\n${advice.join('')}`);
    return exitCodeOf(because.code);
  }
}

const withFullStop = (message: string): string => (/[.?]$/.test(message) ? message : `${message}.`);

const mayForce =
  'Use `--dry-run` to see every sign-in that would have a different result, or `--force` to make the change anyway.';
