import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { test } from 'node:test';
import { notePage } from '../inner-request.ts';
import { Admission, type SignInPart } from './admission.ts';

/** `/begin` begins, `/on/ID` continues, anything else is not part of a sign-in. */
const partOf = (url: string): SignInPart => {
  if (url === '/begin') return { kind: 'begins' };
  const id = /^\/on\/(.+)$/.exec(url)?.[1];
  return id === undefined ? undefined : { kind: 'continues', id };
};

/** Requests whose answers a test gives. */
function scene(atOnce: number, waiting: number, use = () => 1) {
  const admission = new Admission({ atOnce, waiting, waitMilliseconds: 5_000 }, use);
  const log: string[] = [];
  const send = (name: string, url: string, source = 'a') => {
    const answers = new EventEmitter();
    let location: string | undefined;
    const res = Object.assign(answers, { getHeader: () => location }) as unknown as ServerResponse;
    admission.enter({ req: { url } as IncomingMessage, res, source }, partOf, {
      serve: () => log.push(`${name} served`),
      refuse: () => log.push(`${name} refused`),
    });
    return {
      answer: (target?: string) => {
        location = target;
        answers.emit('close');
      },
      /** With an own page, in place of a redirect to it. */
      answerPage: (address: string) => {
        notePage(res, address);
        answers.emit('close');
      },
    };
  };
  const takeEvents = () => log.splice(0);
  return { admission, send, takeEvents };
}

test('beyond the limit a sign-in waits, beyond the queue it is refused, and what has begun is served', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { send, takeEvents } = scene(1, 1);
  const first = send('first', '/begin');
  send('second', '/begin');
  send('third', '/begin');
  send('file', '/assets/a.css');
  assert.deepEqual(takeEvents(), ['first served', 'third refused', 'file served']);
  first.answer('/on/1');
  const next = send('first continues', '/on/1');
  t.mock.timers.tick(20);
  assert.deepEqual(takeEvents(), ['first continues served']);
  next.answer('https://app.test/callback?code=x');
  t.mock.timers.tick(0);
  assert.deepEqual(takeEvents(), ['second served']);
});

test('a sign-in that begins with its first page continues in its place, by the name of that page', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { admission, send, takeEvents } = scene(1, 1);
  send('first', '/begin').answerPage('/on/1');
  send('second', '/begin');
  const next = send('first continues', '/on/1');
  assert.deepEqual(takeEvents(), ['first served', 'first continues served']);
  assert.equal(admission.atWork, 1);
  next.answer('https://app.test/callback?code=x');
  t.mock.timers.tick(0);
  assert.deepEqual(takeEvents(), ['second served']);
});

test('a sign-in whose user reads a page leaves its place, and takes it again when it continues', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { admission, send, takeEvents } = scene(1, 5);
  const first = send('first', '/begin');
  first.answer('/on/1');
  send('second', '/begin');
  t.mock.timers.tick(29);
  assert.deepEqual(takeEvents(), ['first served']);
  t.mock.timers.tick(1);
  assert.deepEqual(takeEvents(), ['second served']);
  send('first continues', '/on/1');
  assert.deepEqual(takeEvents(), ['first continues served']);
  assert.equal(admission.atWork, 2);
});

test('one that waits too long is refused, and one whose browser goes away waits no more', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { admission, send, takeEvents } = scene(1, 5);
  const first = send('first', '/begin');
  send('second', '/begin');
  send('third', '/begin').answer();
  for (let count = 0; count < 250; count++) {
    first.answer('/on/1');
    send('first continues', '/on/1').answer('/on/1');
    t.mock.timers.tick(20);
  }
  assert.deepEqual(
    takeEvents().filter((line) => !line.startsWith('first')),
    ['second refused'],
  );
  assert.equal(admission.waiting, 0);
});

test('a source that sends many neither goes before others nor drops them from the queue', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { send, takeEvents } = scene(2, 3);
  for (const name of ['a1', 'a2']) send(name, '/begin', 'a');
  const work = send('b1', '/begin', 'b');
  for (const name of ['a3', 'a4']) send(name, '/begin', 'a');
  for (const source of ['c', 'd']) send(`${source}1`, '/begin', source);
  assert.deepEqual(takeEvents(), ['a1 served', 'a2 served', 'b1 served', 'a4 refused']);
  work.answer('https://app.test/');
  t.mock.timers.tick(0);
  assert.deepEqual(takeEvents(), ['c1 served']);
});

test('a source that continues with more sign-ins than there are places leaves half of them to others', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { send, takeEvents } = scene(2, 3);
  for (let id = 0; id < 20; id++) send('flood', `/on/${id}`, 'a');
  for (const name of ['b1', 'b2']) send(name, '/begin', 'b');
  send('a1', '/begin', 'a');
  assert.deepEqual(
    takeEvents().filter((line) => line !== 'flood served'),
    ['b1 served'],
  );
});

test('one that answers after it left its place is counted no more and no less when it continues', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { admission, send, takeEvents } = scene(1, 3);
  for (let round = 0; round < 3; round++) {
    const first = send('slow', '/begin');
    t.mock.timers.tick(250);
    t.mock.timers.tick(0);
    assert.equal(admission.atWork, 0, 'it waits for something else');
    first.answer('/on/1');
    send('slow continues', '/on/1').answer('https://app.test/');
    assert.equal(admission.atWork, 1);
    t.mock.timers.tick(0);
    assert.equal(admission.atWork, 0);
  }
  takeEvents();
  send('next', '/begin');
  assert.deepEqual(takeEvents(), ['next served']);
});

test('on an event loop that has time a sign-in that finds no place gets one that is added, after those that wait', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 1_000;
  t.mock.method(performance, 'now', () => now);
  const { admission, send, takeEvents } = scene(8, 10, () => 0);
  for (let count = 0; count < 3; count++) send(`first ${count}`, '/begin');
  assert.equal(admission.waiting, 1);
  takeEvents();
  now += 25;
  send('last', '/begin');
  assert.deepEqual(takeEvents(), ['first 2 served', 'last served']);
  assert.deepEqual([admission.beginnings, admission.refusals], [4, 0]);
});

test('a crowd for which there is no time is refused at once, once a sign-in was measured', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 1_000;
  t.mock.method(performance, 'now', () => now);
  const { admission, send } = scene(8, 200);
  const first = send('first', '/begin');
  now += 2_000;
  first.answer('https://app.test/callback?code=x');
  t.mock.timers.tick(0);
  for (let count = 0; count < 400; count++) send(`visitor ${count}`, '/begin');
  assert.deepEqual([admission.atWork, admission.waiting, admission.refusals], [2, 5, 393]);
});
