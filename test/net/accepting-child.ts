import { createServer, type ListenOptions } from 'node:net';
import { listenAlone, socketsOfPort } from '#http/front/port.ts';
import { copies, listenOnCopies } from '#server/workers/listener-copies.ts';

// Listens, stands still at a message until a crowd is in the queue of the socket, and counts the connections that each turn of the event loop accepts.
const [crowd, word] = [Number(process.argv[2]), process.argv[3]];
let turn = 0;
const byTurn = new Map<number, number>();
const note = () => {
  byTurn.set(turn, (byTurn.get(turn) ?? 0) + 1);
  const counts = [...byTurn.values()];
  if (counts.reduce((sum, count) => sum + count, 0) === crowd) process.send!({ kind: 'counts', counts });
};
const server = createServer(note);
/** Further sockets that do not listen yet. */
let underway = { one: 0, copies, sockets: socketsOfPort - 1 }[word!]!;
const listen = (other: ListenOptions) =>
  createServer(note).listen(other, () => {
    underway--;
    ready();
  });
const ready = () => {
  if (underway === 0) process.send!({ kind: 'ready', port: (server.address() as { port: number }).port });
};
const endpoint = { port: 0, host: '127.0.0.1' };
if (word === 'sockets') await listenAlone(server, endpoint, listen);
else
  server.listen(endpoint, () => {
    if (word === 'copies') listenOnCopies(server, (server.address() as { port: number }).port, listen);
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
