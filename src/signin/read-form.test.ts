import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import type { CardeaError } from '#core/trace/fault.ts';
import { longest, single } from '#schema/form.ts';
import { formIn } from './read-form.ts';

const schema = z.object({ code: single(longest.word) });

test('parameters of a request are read in the form of a schema', () =>
  assert.equal(formIn(schema, 'code=a&mine=1').fields.code, 'a'));

test('a request in another form is malformed, and the parameter is named', () =>
  assert.throws(
    () => formIn(schema, 'code=a&code=b'),
    ({ because }: CardeaError) => {
      assert.deepEqual(because, { code: 'requestMalformed', evidence: { problem: 'code: it is sent twice' } });
      return true;
    },
  ));
