import { createServer } from 'node:net';
import { copies, listenOnCopies } from '#server/workers/listener-copies.ts';

// Listens, stands still at a message until a crowd is in the queue of the socket, and counts the connections that each turn of the event loop accepts.
const [crowd, hasCopies] = [Number(process.argv[2]), process.argv[3] === 'copies'];
let turn = 0;
const byTurn = new Map<number, number>();
const note = () => {
  byTurn.set(turn, (byTurn.get(turn) ?? 0) + 1);
  const counts = [...byTurn.values()];
  if (counts.reduce((sum, count) => sum + count, 0) === crowd) process.send!({ kind: 'counts', counts });
};
const server = createServer(note).listen(0, '127.0.0.1', () => {
  const { port } = server.address() as { port: number };
  let missing = hasCopies ? copies : 0;
  const ready = () => missing === 0 && process.send!({ kind: 'ready', port });
  const listen = (copy: object) =>
    createServer(note).listen(copy, () => {
      missing--;
      ready();
    });
  if (missing > 0) listenOnCopies(server, port, listen);
  else ready();
});
process.once('disconnect', () => process.exit());
process.on('message', (message: { readonly until?: number }) => {
  if (message.until === undefined) return;
  while (Date.now() < message.until);
  const next = () => {
    turn++;
    setImmediate(next);
  };
  next();
});
